"""`seere audit …`."""

from __future__ import annotations

import sys

import click

from app import audit
from app.database import db
from app.factory import bare
from app.settings import load_settings


@click.group("audit")
def audit_commands() -> None:
    """The record of who did what."""


@audit_commands.command("verify")
def verify() -> None:
    """Check the whole chain; ends with status 1 when an entry was changed, is missing or was put in."""
    with bare(load_settings()).app_context():
        breaks = list(audit.verify(db.session()))
    for found in breaks:
        click.echo(f"Entry {found.sequence}: {found.problem}.")
    if breaks:
        sys.exit(1)
    click.echo("The chain is whole.")
