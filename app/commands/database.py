"""`seere db …`."""

from __future__ import annotations

import click
from flask_migrate import upgrade

from app.migrating import migratable
from app.settings import load_settings


@click.group("db")
def database_commands() -> None:
    """The database's schema."""


@database_commands.command("upgrade")
def upgrade_command() -> None:
    """Bring the schema to the newest version."""
    with migratable(load_settings()).app_context():
        upgrade()
    click.echo("The schema is up to date.")
