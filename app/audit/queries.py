"""Reading the chain: a page of entries as far as a person may, and whether the chain holds."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from app.audit.chain import Break
from app.audit.whole import count_entries, verify_whole
from app.models import (
    Attachment,
    AuditEntry,
    Case,
    CaseConflict,
    Message,
    Opening,
    Organisation,
    Referral,
    Report,
    Role,
    User,
)

PAGE_SIZE = 50
MOST_CHECKED = 100_000  # more takes too long for a page; `seere audit verify` has no limit
BREAKS_SHOWN = 20
_LAST_DAY = date(9999, 12, 30)


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries: of one action, about one subject ("kind:id") or with `is_whole_case` all that belongs to a case,
    by one actor, from one day to another (that one included), before one sequence number.
    """

    action: str = ""
    subject: str = ""
    before: int | None = None
    actor: str = ""
    since: date | None = None
    until: date | None = None
    is_whole_case: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """How many entries were read, and where the chain doesn't hold; `is_complete` when all were read."""

    count: int
    breaks: Sequence[Break]
    is_complete: bool


def entries(session: Session, user: User, wanted: EntryFilter) -> Sequence[AuditEntry]:
    """One page, the newest first, and one more entry if there is another page."""
    statement = _visible(user).where(*_conditions(session, wanted), *_not_concerning(session, user))
    return session.scalars(statement.order_by(AuditEntry.sequence.desc()).limit(PAGE_SIZE + 1)).all()


def _conditions(session: Session, wanted: EntryFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.action:
        yield AuditEntry.action == wanted.action
    if wanted.subject:
        yield AuditEntry.subject.in_(_subjects(session, wanted))
    if wanted.actor:
        yield AuditEntry.actor == wanted.actor
    if wanted.since:
        yield AuditEntry.at >= _midnight(wanted.since)
    if wanted.until:
        yield AuditEntry.at < _midnight(min(wanted.until, _LAST_DAY) + timedelta(days=1))
    if wanted.before is not None:
        yield AuditEntry.sequence < wanted.before


def _not_concerning(session: Session, user: User) -> Iterator[ColumnElement[bool]]:
    """Whom a case concerns doesn't learn from the trail that there is one, nor who said so."""
    concerned = select(CaseConflict.case_id).where(
        or_(CaseConflict.user_id == user.id, CaseConflict.organisation_id == user.organisation_id),
        CaseConflict.removed_at.is_(None),
    )
    for case_id in set(session.scalars(concerned)):
        yield AuditEntry.subject.not_in([f"case:{case_id}", *_belonging(session, case_id)])


def _midnight(day: date) -> datetime:
    """When a day begins in Mali, which keeps UTC all year."""
    return datetime.combine(day, time(), UTC)


def _subjects(session: Session, wanted: EntryFilter) -> list[str]:
    kind, _, identifier = wanted.subject.partition(":")
    case_id = _uuid(identifier)
    is_case = wanted.is_whole_case and kind == "case" and case_id is not None
    return [wanted.subject, *(_belonging(session, case_id) if is_case and case_id else [])]


def _belonging(session: Session, case_id: uuid.UUID) -> Iterator[str]:
    """Whatever of a case entries may be about: its reports with all that came with them, and what it was merged of."""
    reports = select(Report.id).where(Report.case_id == case_id)
    for kind, ids in (
        ("case", select(Case.id).where(Case.merged_into_id == case_id)),
        ("report", reports),
        ("message", select(Message.id).where(Message.report_id.in_(reports))),
        ("attachment", select(Attachment.id).where(Attachment.report_id.in_(reports))),
        ("referral", select(Referral.id).where(Referral.case_id == case_id)),
        ("opening", select(Opening.id).where(Opening.case_id == case_id)),
    ):
        yield from (f"{kind}:{each}" for each in session.scalars(ids))


def people(session: Session, user: User) -> Sequence[User]:
    """Those whose entries a person may look for, by name."""
    statement = select(User).order_by(User.display_name)
    if not sees_all(user):
        statement = statement.where(User.organisation_id == user.organisation_id)
    return session.scalars(statement).unique().all()


def sees_all(user: User) -> bool:
    """Whether a person reads everybody's entries, and may take the trail out: auditors and the desk."""
    return user.role == Role.AUDITOR or user.organisation.sees_every_case


def _visible(user: User) -> Select[AuditEntry]:
    """Auditors and the desk read all; a partner's supervisor what their own people did."""
    if sees_all(user):
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
    count = count_entries(session)
    if count > MOST_CHECKED:
        return Check(count, (), is_complete=False)
    return Check(count, tuple(islice(verify_whole(session), BREAKS_SHOWN)), is_complete=True)
