"""`seere organisation keys`."""

from __future__ import annotations

import sys

import click
from sqlalchemy import or_, select

from app.bare import bare
from app.database import db, transaction
from app.models import Organisation, OrganisationKey
from app.safe import generations, making
from app.safe.grants import members, waiting
from app.settings import load_settings


@click.command("keys")
@click.argument("name")
def show_keys(name: str) -> None:
    """Make the safe of organisation NAME (or acronym) if it has none, and print its recovery code, this once.

    Its first member gets in with that code. Where there is a safe: how it stands.
    """
    with bare(load_settings()).app_context():
        known_by = or_(Organisation.name == name, Organisation.acronym == name)
        organisation = db.session.scalar(select(Organisation).where(known_by))
        if organisation is None:
            click.echo("There is no such organisation: 'seere organisation add' adds one.", err=True)
            sys.exit(1)
        if generations.current_key(db.session(), organisation.id) is None and _make(organisation):
            return
        _tell(organisation)


def _make(organisation: Organisation) -> bool:
    """Make the safe; False if somebody else was quicker."""
    prepared = generations.prepare()
    with transaction() as session:
        is_made = making.make_without_member(session, organisation.id, prepared)
    if is_made:
        click.echo(
            f"Recovery code of {organisation.name}:\n\n  {prepared.code}\n\n"
            "Print it and keep it locked away: it is not shown again, and it is the only way in if every member\n"
            "loses their password. The first member gets in with it, on the page of the safe."
        )
    return is_made


def _tell(organisation: Organisation) -> None:
    session = db.session()
    for key in generations.all_keys(session, organisation.id):
        click.echo(f"Key {key.generation}, made {key.created_at:%Y-%m-%d}: {_state(key)}")
    click.echo(f"Members who can open: {len(members(session, organisation.id))}")
    click.echo(f"Waiting to be let in: {len(waiting(session, organisation.id))}")


def _state(key: OrganisationKey) -> str:
    if key.discarded_at:
        return "thrown away"
    if key.retired_at:
        return "replaced, still opens some reports"
    if key.ready_at is None:
        return "not in use yet"
    return "in use, to be replaced: a member has left" if key.rotation_due_at else "in use"
