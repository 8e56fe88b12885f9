"""Reading the chain: a page of entries as far as a person may, and whether the chain holds."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.audit.chain import Break, verify
from app.models import AuditEntry, Case, Organisation, Referral, Role, User

PAGE_SIZE = 50
MOST_CHECKED = 100_000  # more takes too long for a page; `seere audit verify` has no limit
BREAKS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries: of one action, about one subject ("kind:id"), before one sequence number."""

    action: str = ""
    subject: str = ""
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """How many entries were read, and where the chain doesn't hold; `is_complete` when all were read."""

    count: int
    breaks: Sequence[Break]
    is_complete: bool


def entries(session: Session, user: User, wanted: EntryFilter) -> Sequence[AuditEntry]:
    """One page, the newest first, and one more entry if there is another page."""
    statement = _visible(user).order_by(AuditEntry.sequence.desc()).limit(PAGE_SIZE + 1)
    if wanted.action:
        statement = statement.where(AuditEntry.action == wanted.action)
    if wanted.subject:
        statement = statement.where(AuditEntry.subject == wanted.subject)
    if wanted.before is not None:
        statement = statement.where(AuditEntry.sequence < wanted.before)
    return session.scalars(statement).all()


def _visible(user: User) -> Select[AuditEntry]:
    """Auditors and the desk read all; a partner's supervisor what their own people did."""
    if user.role == Role.AUDITOR or user.organisation.sees_every_case:
        return select(AuditEntry)
    return select(AuditEntry).where(AuditEntry.actor.in_(_actors_of(user)))


def _actors_of(user: User) -> list[str]:
    session = Session.object_session(user)
    people = select(User.id).where(User.organisation_id == user.organisation_id)
    return [f"user:{each}" for each in session.scalars(people)] if session else []


def subject_from(session: Session, typed: str) -> str:
    """A subject as it stands in entries, from a case's reference or as it is."""
    number = typed.strip().upper().removeprefix("S-")
    if number.isascii() and number.isdigit() and len(number) <= 9:
        case_id = session.scalar(select(Case.id).where(Case.number == int(number)))
        return f"case:{case_id}" if case_id else typed.strip()
    return typed.strip().replace("\x00", "")


def names(session: Session, shown: Iterable[AuditEntry]) -> Mapping[str, str]:
    """Who and what the subjects and actors of entries are: people by name, cases by reference."""
    ids: dict[str, set[uuid.UUID]] = {}
    for entry in shown:
        for each in (entry.actor, entry.subject):
            kind, _, identifier = each.partition(":")
            if parsed := _uuid(identifier):
                ids.setdefault(kind, set()).add(parsed)
    return _named(session, ids)


def _named(session: Session, ids: Mapping[str, set[uuid.UUID]]) -> dict[str, str]:
    people = session.execute(select(User.id, User.display_name).where(User.id.in_(ids.get("user", set()))))
    homes = session.execute(
        select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids.get("organisation", set())))
    )
    cases = session.execute(select(Case.id, Case.number).where(Case.id.in_(ids.get("case", set()))))
    referred = session.execute(
        select(Referral.id, Case.number)
        .join(Case, Case.id == Referral.case_id)
        .where(Referral.id.in_(ids.get("referral", set())))
    )
    return (
        {f"user:{each}": name for each, name in people}
        | {f"organisation:{each}": name for each, name in homes}
        | {f"case:{each}": f"S-{number:06d}" for each, number in cases}
        | {f"referral:{each}": f"S-{number:06d}" for each, number in referred}
    )


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def check(session: Session) -> Check:
    """Go through the whole chain, unless it is too long for a page."""
    count = session.scalar(select(func.count()).select_from(AuditEntry)) or 0
    if count > MOST_CHECKED:
        return Check(count, (), is_complete=False)
    return Check(count, tuple(islice(verify(session), BREAKS_SHOWN)), is_complete=True)
