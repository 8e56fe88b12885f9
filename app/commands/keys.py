"""`seere keys …`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from app.installation import new_keys, write_secret
from app.intake_key import (
    NoKeysHere,
    forget_earlier_in_var,
    rotate_export_key,
    rotate_in_folder,
    rotate_in_var,
)
from app.settings import var_directory


@click.group("keys")
def keys_commands() -> None:
    """The keys of an installation."""


@keys_commands.command("make")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def make(folder: Path) -> None:
    """Write a fresh set of keys into FOLDER, a file each (mode 0600), as compose.yaml expects them.

    Keep `intake_private_key` and `pseudonym_key` where only workers run, and a copy of them offline.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    web, workers = new_keys()
    wanted = {**web, **workers, "twilio_auth_token": ""}
    if taken := [name for name in wanted if (folder / name).exists()]:
        click.echo(f"Nothing written: {', '.join(taken)} would be overwritten.", err=True)
        sys.exit(1)
    for name, value in wanted.items():
        write_secret(folder / name, value)
    click.echo("Made: " + ", ".join(wanted))


@keys_commands.command("rotate-intake")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), required=False)
def rotate_intake(folder: Path | None) -> None:
    """Replace the key that arriving reports are sealed to; the earlier one is kept for what is still under it.

    Without FOLDER in this installation's own files; with it, where `seere keys make` wrote a file for each key.
    """
    try:
        if folder is None:
            rotate_in_var(var_directory())
        else:
            rotate_in_folder(folder)
    except NoKeysHere:
        click.echo("There are no keys here: run this where the workers' secrets are.", err=True)
        sys.exit(1)
    click.echo(
        "Made a new intake key. Now restart the workers first, then the web process, and then run\n"
        "'seere report reseal-intake' where workers run: it says when the earlier key can be thrown away."
    )


@keys_commands.command("rotate-export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), required=False)
def rotate_export(folder: Path | None) -> None:
    """Replace the key that signs exports. FOLDER as for rotate-intake."""
    try:
        rotate_export_key(var_directory(), folder)
    except NoKeysHere:
        click.echo("There are no keys here: run this where the workers' secrets are.", err=True)
        sys.exit(1)
    click.echo(
        "Made a new key. Restart the workers, and give its public half, which the page of the keys shows, to\n"
        "recipients by another way than a copy. The earlier one goes on being good for what it signed."
    )


@keys_commands.command("forget-earlier-intake")
@click.option("--yes", is_flag=True, help="Don't ask.")
def forget_earlier_intake(*, yes: bool) -> None:
    """Throw the earlier intake keys away, once 'seere report reseal-intake' says that nothing is under them."""
    if not yes:
        click.confirm(
            "What is still under an earlier key can't be opened by anybody then. Go on?", abort=True
        )
    try:
        forget_earlier_in_var(var_directory())
    except NoKeysHere:
        click.echo("There are no keys here: run this where the workers' secrets are.", err=True)
        sys.exit(1)
    click.echo("Thrown away. Restart the workers; remove the key from your offline copy too.")
