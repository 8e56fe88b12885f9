"""`seere user add` and `seere organisation add`."""

from __future__ import annotations

import sys
from typing import NoReturn

import click
from sqlalchemy import or_, select

from app.accounts import service as accounts
from app.accounts.passwords import MINIMUM_LENGTH
from app.accounts.service import AccountError
from app.bare import bare
from app.commands.organisation_keys import show_keys
from app.commands.permissions import show_permissions
from app.database import transaction
from app.models import Organisation, OrganisationKind, Role
from app.settings import load_settings

PROBLEMS = {
    "organisation_exists": "There is an organisation of that name already.",
    "email_malformed": "That is not an e-mail address.",
    "email_taken": "There is an account with that address already.",
    "password_short": f"The password needs at least {MINIMUM_LENGTH} characters.",
    "password_long": "The password is too long.",
}


@click.group("user")
def user_commands() -> None:
    """People who sign in to the desk."""


@click.group("organisation")
def organisation_commands() -> None:
    """CNDH, partners, and the desk that triages."""


organisation_commands.add_command(show_keys)
user_commands.add_command(show_permissions)


@organisation_commands.command("add")
@click.argument("name")
@click.option("--kind", type=click.Choice([str(kind) for kind in OrganisationKind]), required=True)
@click.option("--acronym", default="")
@click.option("--conflict", "conflicts", multiple=True, help="Actor code whose cases it is never sent.")
def add_organisation(name: str, kind: str, acronym: str, conflicts: tuple[str, ...]) -> None:
    """Add an organisation."""
    with bare(load_settings()).app_context():
        try:
            with transaction() as session:
                accounts.add_organisation(
                    session, name, kind=OrganisationKind(kind), acronym=acronym, conflict_actors=conflicts
                )
        except AccountError as error:
            _refuse(error.code)
    click.echo(f"Added {name}.")


@user_commands.command("add")
@click.argument("email")
@click.option("--organisation", required=True, help="Its name or acronym.")
@click.option("--role", type=click.Choice([str(role) for role in Role]), required=True)
@click.option("--name", "display_name", required=True, help="How colleagues see the person.")
@click.option("--language", type=click.Choice(["fr", "en"]), default="fr")
@click.password_option(envvar="SEERE_NEW_PASSWORD", help="Asked for when not given.")
def add_user(
    email: str, organisation: str, role: str, display_name: str, language: str, password: str
) -> None:
    """Add a person. The password is asked for, or taken from SEERE_NEW_PASSWORD."""
    with bare(load_settings()).app_context():
        try:
            with transaction() as session:
                home = session.scalar(
                    select(Organisation).where(
                        or_(Organisation.name == organisation, Organisation.acronym == organisation)
                    )
                )
                if home is None:
                    _refuse("organisation_unknown")
                accounts.add_user(
                    session,
                    home,
                    email=email,
                    display_name=display_name,
                    role=Role(role),
                    password=password,
                    language=language,
                )
        except AccountError as error:
            _refuse(error.code)
    click.echo(f"Added {email}.")


def _refuse(code: str) -> NoReturn:
    message = PROBLEMS.get(code, "There is no such organisation: 'seere organisation add' adds one.")
    click.echo(message, err=True)
    sys.exit(1)
