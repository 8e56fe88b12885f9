"""Changing organisations: what they are, and whose cases they must never be sent."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.service import AccountError, add_organisation
from app.audit import Action
from app.models import Organisation, OrganisationKind, RoutingRule, User
from app.rules.service import close_accusing

_FIELDS = ("name", "acronym", "kind", "conflict_actors", "names_in_reports", "is_active")


class UnknownOrganisation(LookupError):
    """There is no such organisation."""


@dataclass(frozen=True, slots=True)
class OrganisationContent:
    """An organisation as an administrator wants it."""

    name: str
    kind: str
    acronym: str = ""
    conflict_actors: Sequence[str] = ()
    names_in_reports: Sequence[str] = ()
    is_active: bool = True


def add(session: Session, user: User, content: OrganisationContent) -> Organisation:
    """Add an organisation. Raises AccountError("organisation_exists")."""
    added = add_organisation(
        session,
        content.name,
        kind=OrganisationKind(content.kind),
        acronym=content.acronym,
        conflict_actors=content.conflict_actors,
        actor=f"user:{user.id}",
    )
    added.names_in_reports = list(content.names_in_reports)
    return added


def change(
    session: Session, user: User, organisation_id: uuid.UUID, content: OrganisationContent
) -> tuple[Organisation, list[RoutingRule]]:
    """Change an organisation; gives the routing rules that became wrong by it and were closed.

    Raises UnknownOrganisation, and AccountError: `organisation_exists`, `own_closed` for the administrator's own,
    `desk_needed` where nobody would be left to see every case.
    """
    organisation = session.get(Organisation, organisation_id, with_for_update=True)
    if organisation is None:
        raise UnknownOrganisation
    _check(session, user, organisation, content)
    changed = [name for name in _FIELDS if _plain(getattr(organisation, name)) != _wanted(content, name)]
    for name in changed:
        setattr(organisation, name, _wanted(content, name))
    session.flush()
    if changed:
        audit.record(
            session,
            Action.ORGANISATION_CHANGED,
            f"organisation:{organisation.id}",
            actor=f"user:{user.id}",
            detail={"fields": changed, "conflict_actors": sorted(organisation.conflict_actors)},
        )
    return organisation, close_accusing(session, organisation)


def _check(session: Session, user: User, organisation: Organisation, content: OrganisationContent) -> None:
    same_name = select(Organisation.id).where(
        Organisation.name == content.name, Organisation.id != organisation.id
    )
    if session.scalar(same_name) is not None:
        raise AccountError("organisation_exists")
    if organisation.id == user.organisation_id and not content.is_active:
        raise AccountError("own_closed")
    stays_desk = content.is_active and content.kind == OrganisationKind.DESK
    if organisation.sees_every_case and not stays_desk and not _has_other_desk(session, organisation):
        raise AccountError("desk_needed")


def _has_other_desk(session: Session, organisation: Organisation) -> bool:
    other = select(Organisation.id).where(
        Organisation.kind == OrganisationKind.DESK,
        Organisation.is_active,
        Organisation.id != organisation.id,
    )
    return session.scalar(other.limit(1)) is not None


def _wanted(content: OrganisationContent, name: str) -> object:
    return _plain(getattr(content, name))


def _plain(value: object) -> object:
    return list(value) if isinstance(value, (list, tuple)) else value
