"""Who had a file in hand, from the audit chain: it came in, was looked at, opened, had its copy made anew."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.audit import Action
from app.models import AuditEntry, OpeningSubject, User

_OF_FILE = "attachment:"
_OF_PERSON = "user:"
_ON_CASE = (str(Action.OPENING_ASKED), str(Action.COPY_REMADE))
_FILE_SUBJECTS = (
    OpeningSubject.ATTACHMENT,
    OpeningSubject.ATTACHMENT_DETAILS,
    OpeningSubject.ORIGINAL,
)


@dataclass(frozen=True, slots=True)
class CustodyStep:
    """One thing that was done with one file. `code` is one of the table `custody` of app.casework.wording."""

    attachment_id: uuid.UUID
    at: datetime
    code: str
    who: str


def custody(session: Session, case_id: uuid.UUID, attachment_ids: Sequence[uuid.UUID]) -> list[CustodyStep]:
    """Everything on record about these files of a case, in the order in which it happened."""
    if not attachment_ids:
        return []
    entries = _entries(session, case_id, attachment_ids)
    names = _names(session, entries)
    return [
        CustodyStep(file, entry.at, _code(entry), names.get(entry.actor, ""))
        for entry in entries
        if (file := _file_of(entry)) is not None and file in attachment_ids
    ]


def _entries(
    session: Session, case_id: uuid.UUID, attachment_ids: Sequence[uuid.UUID]
) -> Sequence[AuditEntry]:
    about_files = AuditEntry.subject.in_([f"{_OF_FILE}{each}" for each in attachment_ids])
    on_case = and_(AuditEntry.subject == f"case:{case_id}", AuditEntry.action.in_(_ON_CASE))
    statement = select(AuditEntry).where(or_(about_files, on_case)).order_by(AuditEntry.sequence)
    return session.scalars(statement).all()


def _file_of(entry: AuditEntry) -> uuid.UUID | None:
    """The file that an entry is about."""
    if entry.subject.startswith(_OF_FILE):
        return uuid.UUID(entry.subject.removeprefix(_OF_FILE))
    if entry.detail.get("subject") in _FILE_SUBJECTS:
        return uuid.UUID(entry.detail["subject_id"])
    return uuid.UUID(entry.detail["attachment"]) if "attachment" in entry.detail else None


def _code(entry: AuditEntry) -> str:
    if entry.action == Action.COPY_REMADE and entry.actor.startswith(_OF_PERSON):
        return "hidden"
    subject = entry.detail.get("subject")
    is_special = subject in {OpeningSubject.ATTACHMENT_DETAILS, OpeningSubject.ORIGINAL}
    return f"{entry.action}.{subject}" if is_special else entry.action


def _names(session: Session, entries: Sequence[AuditEntry]) -> Mapping[str, str]:
    """The people who did something, by how the chain names them."""
    people = {entry.actor.removeprefix(_OF_PERSON) for entry in entries if entry.actor.startswith(_OF_PERSON)}
    users = session.scalars(select(User).where(User.id.in_([uuid.UUID(each) for each in people]))).unique()
    return {f"{_OF_PERSON}{user.id}": user.display_name for user in users}
