"""Making an empty installation a demonstration: its mark, its organisations, people and routing rules."""

from __future__ import annotations

import secrets
import uuid
from pathlib import Path

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app import audit
from app.accounts import service as accounts
from app.audit import Action
from app.demonstration import cast
from app.demonstration.cast import CastOrganisation, CastPerson, CastRule
from app.installation import DEMONSTRATION_FILE, write_private
from app.models import Installation, Organisation, Report, RoutingRule, User
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
    added = RoutingRule(
        id=uuid.uuid4(),
        name=rule.name,
        organisation_id=receiver.id,
        violations=list(rule.violations),
        region_codes=list(rule.region_codes),
        minimum_urgency=rule.minimum_urgency,
        minimum_confidence=rule.minimum_confidence,
        deadline_hours=rule.deadline_hours,
    )
    session.add(added)
    audit.record(session, Action.RULE_ADDED, f"routing_rule:{added.id}", actor=ACTOR)
