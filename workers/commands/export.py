"""`seere export …`: exports from a terminal, and whether a copy is what it says it is."""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

_EXISTING = click.Path(exists=True, path_type=Path)


@click.group("export")
def export_commands() -> None:
    """Exports: check a copy, list them, make one, trace a row that leaked."""


@export_commands.command("verify")
@click.argument("path", metavar="FILE|FOLDER", type=_EXISTING)
@click.option(
    "--key",
    "keys",
    multiple=True,
    help="The institution's public key, one line; repeat it after a change of keys.",
)
def verify_command(path: Path, keys: Sequence[str]) -> None:
    """Check a copy: who signed it, that nothing was changed, and that its rows are all there.

    Needs no database, settings or network; ends with status 1 when it doesn't hold.
    """
    from workers.exports.verifying import verify

    verdict = verify(path, [*keys] or _own_keys())
    for line in verdict.in_words(_language()):
        click.echo(line)
    if not verdict.is_right:
        sys.exit(1)


def _own_keys() -> list[str]:
    """The key of the workers on this machine, if there are any."""
    from app.exports.signing_keys import minisign_text
    from app.settings import SettingsError
    from workers.settings import load_worker_settings

    try:
        key = load_worker_settings().export_key
    except SettingsError:
        return []
    return [minisign_text(bytes(key.verify_key))] if key else []


def _language() -> str:
    """The terminal's language, as far as we have words in it; French otherwise, as everywhere here."""
    from workers.exports.proof_words import LANGUAGES

    said = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    code = locale.normalize(said).partition("_")[0]
    return code if code in LANGUAGES else LANGUAGES[0]


@export_commands.command("list")
@click.option("--most", default=20, show_default=True, help="How many, the newest first.")
def list_command(most: int) -> None:
    """The newest exports: number, day, state, level, format, rows, who asked."""
    from sqlalchemy import select

    from app.database import transaction
    from app.models import ExportRecord
    from workers.runtime import worker_app

    with worker_app().app_context(), transaction() as session:
        newest = select(ExportRecord).order_by(ExportRecord.number.desc()).limit(most)
        for each in session.scalars(newest).unique():
            rows = "-" if each.row_count is None else each.row_count
            click.echo(
                f"{each.reference}  {each.asked_at:%Y-%m-%d}  {each.state:9}  {each.level:8}  "
                f"{each.file_format:9}  {rows:>7}  {each.user.display_name}"
            )


@export_commands.command("make")
@click.argument("target", metavar="OUT", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--as", "email", required=True, help="The e-mail address of the account in whose name it is made."
)
@click.option("--level", required=True, help="public, partner or cndh, as far as that account may.")
@click.option("--format", "file_format", required=True, help="xlsx, csv, jsonl… as the page offers them.")
@click.option("--for", "recipient", required=True, help="Who gets it.")
@click.option(
    "--organisation",
    "recipient_organisation",
    default="",
    help="The id of the organisation that gets it, or its short name; needed at the level partner.",
)
@click.option("--purpose", required=True, help="What it is for.")
@click.option("--language", default="fr", show_default=True, help="Of headings and labels: fr or en.")
@click.option("--first", default="", help="The first day, such as 2026-01-01.")
@click.option("--last", default="", help="The last day.")
@click.option("--region", default="", help="The code of a region.")
@click.option("--violation", default="", help="The code of a violation.")
def make_command(target: Path, email: str, **typed: str) -> None:
    """Make an export into OUT, with the account's own password and code, under the rules of the page."""
    from marshmallow import ValidationError

    from app.casework.errors import CaseworkError
    from workers.exports.at_terminal import AskedFor, make_and_take
    from workers.runtime import keys, worker_app

    if target.exists():
        raise click.ClickException("There is a file of that name already: nothing was made.")
    named = {name: typed.pop(name) for name in ("file_format", "recipient", "purpose", "language")}
    password = click.prompt("Password", hide_input=True)
    code = click.prompt("Code of the second factor", hide_input=True)
    asked = AskedFor(email, typed, **named, password=password, code=code)
    with worker_app().app_context():
        try:
            reference = make_and_take(keys(), asked, target)
        except ValidationError as error:
            raise click.ClickException(
                f"Not understood: {', '.join(sorted(error.messages_dict))}."
            ) from error
        except CaseworkError as error:
            raise click.ClickException(f"Not made: {error.code}.") from error
    click.echo(f"{reference} is in {target}.")


@export_commands.command("trace")
@click.argument("token")
def trace_command(token: str) -> None:
    """Say which copy a row's reference is from, such as C-MFRGGZDFMZTWQ2LK."""
    from app import audit
    from app.database import transaction
    from workers.exports.tracing import trace
    from workers.runtime import keys, worker_app

    with worker_app().app_context(), transaction() as session:
        found = trace(session, keys().workers.pseudonym_key, token)
        if found is None:
            raise click.ClickException("No copy of ours has this reference.")
        export = found.export
        audit.record(session, audit.Action.EXPORT_TRACED, f"export:{export.id}", actor="command")
        click.echo(f"{export.reference}, {export.asked_at:%Y-%m-%d}, for {export.recipient}")
        click.echo(f"asked for by {export.user.display_name}")
        if found.case:
            click.echo(f"case {found.case}")
