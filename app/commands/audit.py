"""`seere audit …`."""

from __future__ import annotations

import binascii
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import click

from app.audit.checking import Outcome, check


@click.group("audit")
def audit_commands() -> None:
    """The record of who did what."""


@audit_commands.command("verify")
def verify() -> None:
    """Check the whole chain; ends with status 1 when an entry was changed, is missing or was put in."""
    from app.audit.whole import verify_whole
    from app.bare import bare
    from app.database import db
    from app.settings import load_settings

    with bare(load_settings()).app_context():
        breaks = list(verify_whole(db.session()))
    for found in breaks:
        click.echo(f"Entry {found.sequence}: {found.problem}.")
    if breaks:
        sys.exit(1)
    click.echo("The chain is whole.")


@audit_commands.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(file: Path) -> None:
    """Write the whole trail with its signatures into FILE (mode 0600), for `seere audit check` on any machine."""
    from app import audit
    from app.audit import exporting
    from app.bare import bare
    from app.clock import utcnow
    from app.database import db, transaction
    from app.settings import load_settings

    if file.exists():
        click.echo("There is a file of that name already: nothing was written.", err=True)
        sys.exit(1)
    with bare(load_settings()).app_context():
        with transaction() as session:
            audit.record(session, audit.Action.AUDIT_EXPORTED, "audit:trail", actor="command")
        file.touch(mode=0o600)
        with file.open("w", encoding="ascii") as target:
            target.writelines(exporting.lines(db.session(), utcnow()))
    click.echo("Written.")


@audit_commands.command("check")
@click.argument("file", type=click.File("r", encoding="ascii", errors="replace"))
@click.option(
    "--key",
    "keys",
    multiple=True,
    required=True,
    help="A public key in hexadecimal, from paper. Repeat it after a change of keys.",
)
@click.option(
    "--earlier", type=click.File("r", encoding="ascii", errors="replace"), help="A file from before."
)
def check_file(file: TextIO, keys: Sequence[str], earlier: TextIO | None) -> None:
    """Check an exported trail. Needs no database, settings or network; ends with status 1 when it doesn't hold."""
    outcome = check(file, [_key(each) for each in keys], earlier)
    for found in outcome.problems:
        click.echo(f"Line {found.line}: {found.problem}.")
    click.echo(_summary(outcome))
    if not outcome.holds:
        sys.exit(1)


def _key(typed: str) -> bytes:
    try:
        key = binascii.unhexlify("".join(typed.split()))
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise click.BadParameter("a public key is 64 hexadecimal digits.", param_hint="--key")
    return key


def _summary(outcome: Outcome) -> str:
    signed = f"{outcome.last_signed_at:%Y-%m-%d %H:%M} UTC" if outcome.last_signed_at else "never"
    state = "The trail holds" if outcome.holds else "THE TRAIL DOES NOT HOLD"
    return (
        f"{state}: {outcome.entries} entries, {outcome.heads} signed heads, last signed {signed}, "
        f"{outcome.unsigned} entries since then."
    )
