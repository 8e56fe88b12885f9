"""Asking for an export, taking that back, and having it made once more."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.clock import utcnow
from app.exports import askers
from app.exports.formats import formats_for
from app.exports.keeping import let_go
from app.exports.levels import Level
from app.models import OPEN_STATES, ExportKind, ExportRecord, ExportState, Organisation, User
from app.queue import JobName, owe, owe_again
from app.safe import user_keys

SHORTEST_PURPOSE = 10
LONGEST_PURPOSE = 300
LONGEST_RECIPIENT = 200
LANGUAGES = ("fr", "en")  # of headings and labels


@dataclass(frozen=True, slots=True)
class NewExport:
    """An export as somebody wants it. `filters` is what the record keeps; `rows_total` what progress is measured by."""

    kind: ExportKind
    level: Level
    file_format: str
    language: str
    purpose: str
    recipient: str
    filters: Mapping[str, Any]
    recipient_organisation_id: uuid.UUID | None = None
    case_id: uuid.UUID | None = None
    schedule_id: uuid.UUID | None = None
    rows_total: int = 0


def ask(session: Session, user: User, new: NewExport) -> ExportRecord:
    """Write down what is asked for and have a worker make it, sealed to this person. The caller has checked that they
    may have this level of this kind.

    Raises CaseworkError: `format_unknown`, `language_unknown`, `purpose_short`, `purpose_long`, `recipient_missing`,
    `recipient_long`, `organisation_unknown`, `level_recipient`, `organisation_needed`, and `own_key_missing` for who
    never gave a password, so that nothing can be sealed to them.
    """
    _check(session, user, new)
    audit.lock(session)  # numbers follow each other as entries do
    record = ExportRecord(
        id=uuid.uuid4(),
        number=(session.scalar(select(func.max(ExportRecord.number))) or 0) + 1,
        user_id=user.id,
        organisation_id=user.organisation_id,
        kind=new.kind,
        level=new.level,
        file_format=new.file_format,
        language=new.language,
        purpose=new.purpose.strip(),
        recipient=new.recipient.strip(),
        recipient_organisation_id=new.recipient_organisation_id,
        filters=dict(new.filters),
        case_id=new.case_id,
        schedule_id=new.schedule_id,
        rows_total=new.rows_total,
    )
    session.add(record)
    session.flush()
    owe(session, JobName.MAKE_EXPORT, record.id)
    detail = {"kind": record.kind, "level": record.level, "format": record.file_format}
    note(session, record, Action.EXPORT_ASKED, f"user:{user.id}", detail)
    return record


def own_export(
    session: Session, user: User, export_id: uuid.UUID, *, is_locked: bool = False
) -> ExportRecord:
    """An export that this person asked for, to be changed where `is_locked`. Raises CaseworkError("not_found")."""
    found = select(ExportRecord).where(ExportRecord.id == export_id, ExportRecord.user_id == user.id)
    record = session.scalar(found.with_for_update(of=ExportRecord) if is_locked else found)
    if record is None:
        raise CaseworkError(NOT_FOUND)
    return record


def cancel(session: Session, user: User, export_id: uuid.UUID) -> str | None:
    """Have an export not made, or its file erased before it is taken; the folder to erase once that is durable.

    Raises CaseworkError: `not_found`, `export_state`.
    """
    record = own_export(session, user, export_id, is_locked=True)
    if record.state not in OPEN_STATES | {ExportState.READY}:
        raise CaseworkError("export_state")
    was = record.state
    record.state = ExportState.CANCELLED
    note(session, record, Action.EXPORT_CANCELLED, f"user:{user.id}", {"from": was})
    return let_go(record)  # a worker that is at it finds that the folder is no longer its own, and stops


def try_again(session: Session, user: User, export_id: uuid.UUID) -> ExportRecord:
    """Have a failed export made anew. Raises CaseworkError: `not_found`, `export_state`, `forbidden`."""
    record = own_export(session, user, export_id, is_locked=True)
    if record.state != ExportState.FAILED or record.kind == ExportKind.JUDICIAL:
        raise CaseworkError("export_state")
    if not askers.may_take(user, record):
        raise CaseworkError(FORBIDDEN)
    record.state, record.failure, record.rows_done, record.asked_at = ExportState.ASKED, "", 0, utcnow()
    record.attempts = 0
    owe_again(session, JobName.MAKE_EXPORT, record.id)
    note(session, record, Action.EXPORT_ASKED, f"user:{user.id}", {"is_again": True})
    return record


def note(
    session: Session,
    record: ExportRecord,
    action: Action,
    actor: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Put into the audit trail what became of an export; `detail` holds codes and counts."""
    audit.record(session, action, f"export:{record.id}", actor=actor, detail=dict(detail or {}))


def _check(session: Session, user: User, new: NewExport) -> None:
    """Raises CaseworkError for the first thing that can't be."""
    recipient_id = new.recipient_organisation_id
    problems = {
        "format_unknown": new.file_format not in {each.code for each in formats_for(new.kind, new.level)},
        "language_unknown": new.language not in LANGUAGES,
        "purpose_short": len(new.purpose.strip()) < SHORTEST_PURPOSE,
        "purpose_long": len(new.purpose.strip()) > LONGEST_PURPOSE,
        "recipient_missing": not new.recipient.strip(),
        "recipient_long": len(new.recipient.strip()) > LONGEST_RECIPIENT,
        "organisation_unknown": recipient_id is not None and session.get(Organisation, recipient_id) is None,
        "organisation_needed": _lacks_organisation(new),
        "level_recipient": not _may_receive(session, new),
        "own_key_missing": user_keys.key_of(session, user.id) is None,
    }
    for code, is_so in problems.items():
        if is_so:
            raise CaseworkError(code)


def _may_receive(session: Session, new: NewExport) -> bool:
    """Whether the organisation that gets it may have cases at this level, as if it asked itself."""
    organisation = session.get(Organisation, new.recipient_organisation_id or uuid.UUID(int=0))
    is_of_cases = new.kind in {ExportKind.CASES, ExportKind.CASE}
    return not is_of_cases or organisation is None or askers.may_receive(organisation, new.level)


def _lacks_organisation(new: NewExport) -> bool:
    is_of_cases = new.kind in {ExportKind.CASES, ExportKind.CASE}
    return is_of_cases and new.recipient_organisation_id is None and askers.needs_organisation(new.level)
