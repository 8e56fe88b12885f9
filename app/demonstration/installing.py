"""Making an empty installation a demonstration: its mark, its organisations, people and routing rules."""

from __future__ import annotations

import secrets
from pathlib import Path

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app import audit
from app.accounts import service as accounts
from app.accounts.permissions import Permission, may
from app.audit import Action
from app.database import db, transaction
from app.demonstration import cast
from app.demonstration.cast import CastOrganisation, CastPerson, CastRule
from app.installation import DEMONSTRATION_FILE, write_private
from app.models import Installation, Organisation, Report, RoutingRule, User
from app.rules.content import RuleContent
from app.rules.service import add_rule
from app.safe import generations, making, user_keys
from app.settings import Settings, read_secrets

ACTOR = "command"


class CannotLoad(RuntimeError):
    """Why the demonstration may not be loaded here; nothing was changed."""


def mark(session: Session, settings: Settings) -> None:
    """Make this installation a demonstration, for good. Raises CannotLoad where it holds anything real."""
    if not settings.demonstration:
        raise CannotLoad(
            "The demonstration is switched off here. It needs an installation of its own: "
            "set SEERE_DEMONSTRATION=true and another SEERE_VAR, or run 'make run' in a fresh copy."
        )
    installation = session.get(Installation, 1)
    if installation is not None and installation.is_demonstration:
        return
    if _holds_anything_real(session):
        raise CannotLoad(
            "This database holds real organisations, people or reports. Nothing was changed. "
            "Load the demonstration into an empty database: set SEERE_VAR or SEERE_DATABASE_URL to another place."
        )
    if installation is None:
        installation = Installation(id=1)
        session.add(installation)
    installation.is_demonstration = True
    audit.record(session, Action.DEMONSTRATION_LOADED, "installation:1", actor=ACTOR)


def _holds_anything_real(session: Session) -> bool:
    """People, organisations, or reports that did not come in as a demonstration's."""
    real = (
        exists().where(Organisation.id.is_not(None)),
        exists().where(User.id.is_not(None)),
        exists().where(Report.is_demonstration.is_(False)),
    )
    return bool(session.scalar(select(or_(*real))))


def password(settings: Settings) -> str:
    """The one password of all accounts, from this installation's secrets; made where there is none yet."""
    path = settings.var / DEMONSTRATION_FILE
    found = str(read_secrets(path).get("password", ""))
    return found or _new_password(path)


def _new_password(path: Path) -> str:
    made = secrets.token_urlsafe(12)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, {"password": made})
    return made


def add_cast(session: Session, settings: Settings) -> None:
    """Add the organisations, people and rules that are not there yet."""
    there = {
        key: organisation(session, each) or _add_organisation(session, each)
        for key, each in cast.organisations().items()
    }
    for person in cast.accounts():
        _add_person(session, there[person.organisation.key], person, settings)
    for rule in cast.rules():
        _add_rule(session, there[rule.organisation.key], rule)


def make_safes(settings: Settings) -> None:
    """Give everybody of the cast who may open their key pair, and each of their organisations a safe they are in.

    Owns its transactions: deriving keys of passwords is slow, and nobody else may wait for it.
    """
    for person in cast.accounts():
        if may(person.role, Permission.OPEN_SEALED):
            _make_key(person, settings)
    for wanted in cast.organisations().values():
        _make_safe(wanted)


def _make_key(person: CastPerson, settings: Settings) -> None:
    user = accounts.user_by_email(db.session(), person.email)
    if user is None or user_keys.key_of(db.session(), user.id) is not None:
        return
    prepared = user_keys.prepare(password(settings))
    with transaction() as session:
        user_keys.keep(session, session.get_one(User, user.id), prepared)


def _make_safe(wanted: CastOrganisation) -> None:
    found = organisation(db.session(), wanted)
    if found is None or generations.current_key(db.session(), found.id) is not None:
        return
    prepared = generations.prepare()
    with transaction() as session:
        making.make_for_members(session, found.id, prepared, actor=ACTOR)


def organisation(session: Session, wanted: CastOrganisation) -> Organisation | None:
    """The organisation of the cast as it is in the database."""
    return session.scalar(select(Organisation).where(Organisation.name == wanted.name))


def _add_organisation(session: Session, wanted: CastOrganisation) -> Organisation:
    return accounts.add_organisation(
        session,
        wanted.name,
        kind=wanted.kind,
        acronym=wanted.acronym,
        conflict_actors=wanted.conflict_actors,
        actor=ACTOR,
    )


def _add_person(session: Session, home: Organisation, person: CastPerson, settings: Settings) -> None:
    if accounts.user_by_email(session, person.email):
        return
    accounts.add_user(
        session,
        home,
        email=person.email,
        display_name=person.name,
        role=person.role,
        password=password(settings),
        actor=ACTOR,
    )


def _add_rule(session: Session, receiver: Organisation, rule: CastRule) -> None:
    if session.scalar(select(RoutingRule.id).where(RoutingRule.name == rule.name)):
        return
    content = RuleContent(
        name=rule.name,
        organisation_id=receiver.id,
        violations=rule.violations,
        region_codes=rule.region_codes,
        minimum_urgency=rule.minimum_urgency,
        minimum_confidence=rule.minimum_confidence,
        deadline_hours=rule.deadline_hours,
    )
    add_rule(session, content, actor=ACTOR)
