"""`seere user permissions`: the table of who may do what, and upon what."""

from __future__ import annotations

import click

from app.accounts.permissions import SCOPES, Scope, scope_of
from app.models import Role

_WORDS = {
    Scope.SELF: "own account",
    Scope.ORGANISATION: "own organisation",
    Scope.REACHED: "cases referred",
    Scope.EVERY_CASE: "every case",
    Scope.INSTALLATION: "installation",
    Scope.NONE: "–",
}


@click.command("permissions")
def show_permissions() -> None:
    """Print the table role × action × scope: of the desk's people, and of any other organisation's."""
    for title, is_desk in (("The desk", True), ("Other organisations", False)):
        click.echo(f"{title}\n{'':20}" + "".join(f"{role:18}" for role in Role))
        for permission in SCOPES:
            scopes = [scope_of(role, permission, is_desk=is_desk) for role in Role]
            click.echo(f"{permission:20}" + "".join(f"{_WORDS[each]:18}" for each in scopes))
        click.echo()
