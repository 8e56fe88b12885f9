"""`seere keys …`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from app.installation import new_keys, write_secret


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
