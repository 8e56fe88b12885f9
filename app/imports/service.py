"""Tables of reports on their way: sent, read, mapped, tried, taken in, erased. Its own organisation sees it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.imports.mapping import Mapped
from app.intake import uploads
from app.models import ImportState, ReportImport, User
from app.queue import JobName, owe, owe_again

KEPT_FOR = timedelta(days=7)  # without anybody going on with it
WAITING_FOR_A_PERSON = frozenset({ImportState.READ, ImportState.CHECKED})
UNDER_WAY = frozenset({ImportState.READING, ImportState.CHECKING, ImportState.IMPORTING})
_SHOWN = 50


class ImportRefused(ValueError):
    """It can't be done. The message is a code: `unknown`, `state`, `text_unmapped`, `column_unknown`, `column_twice`,
    `nothing_to_import`.
    """


def send(session: Session, user: User, upload_id: uuid.UUID, label: str) -> ReportImport:
    """Keep a table that was sent, and have its columns looked for."""
    found = ReportImport(
        id=uuid.uuid4(),
        organisation_id=user.organisation_id,
        user_id=user.id,
        upload_id=upload_id,
        label=label,
    )
    session.add(found)
    session.flush()
    owe(session, JobName.READ_IMPORT, found.id)
    _record(session, Action.IMPORT_SENT, found, f"user:{user.id}", {})
    return found


def imports_of(session: Session, user: User) -> Sequence[ReportImport]:
    """The latest tables of a person's organisation."""
    return session.scalars(
        select(ReportImport)
        .where(ReportImport.organisation_id == user.organisation_id)
        .order_by(ReportImport.created_at.desc())
        .limit(_SHOWN)
    ).all()


def import_of(session: Session, user: User, import_id: uuid.UUID, *, lock: bool = False) -> ReportImport:
    """A table of a person's organisation. Raises ImportRefused("unknown")."""
    found = session.get(ReportImport, import_id, with_for_update=lock or None)
    if found is None or found.organisation_id != user.organisation_id:
        raise ImportRefused("unknown")
    return found


def map_columns(session: Session, user: User, import_id: uuid.UUID, mapped: Mapped) -> None:
    """Say which column is what, and have every row tried. Raises ImportRefused."""
    found = import_of(session, user, import_id, lock=True)
    if found.state not in WAITING_FOR_A_PERSON:
        raise ImportRefused("state")
    _check(found, mapped)
    found.mapping = mapped.as_record()
    _start(session, found, ImportState.CHECKING)
    detail = {"fields": sorted(mapped.columns), "consent": mapped.consent.as_record()}
    _record(session, Action.IMPORT_MAPPED, found, f"user:{user.id}", detail)


def _check(found: ReportImport, mapped: Mapped) -> None:
    places = list(mapped.columns.values())
    if not set(places) <= {column["at"] for column in found.columns}:
        raise ImportRefused("column_unknown")
    if len(set(places)) < len(places):
        raise ImportRefused("column_twice")
    if "text" not in mapped.columns and not mapped.with_others:
        raise ImportRefused("text_unmapped")


def begin(session: Session, user: User, import_id: uuid.UUID) -> None:
    """Have the rows taken in that can be. Raises ImportRefused."""
    found = import_of(session, user, import_id, lock=True)
    if found.state != ImportState.CHECKED:
        raise ImportRefused("state")
    if not found.accepted:
        raise ImportRefused("nothing_to_import")
    _start(session, found, ImportState.IMPORTING)
    _record(session, Action.IMPORT_BEGUN, found, f"user:{user.id}", {})


def _start(session: Session, found: ReportImport, state: ImportState) -> None:
    found.state, found.rows_read, found.accepted, found.repeated = state, 0, 0, 0
    if state is ImportState.CHECKING:
        found.problems = []
    owe_again(session, JobName.READ_IMPORT, found.id)


def note_columns(session: Session, import_id: uuid.UUID, columns: list[dict[str, Any]], rows: int) -> None:
    """A worker found the columns."""
    found = _in_state(session, import_id, ImportState.READING)
    if found:
        found.columns, found.rows, found.state = columns, rows, ImportState.READ


def set_progress(session: Session, import_id: uuid.UUID, **figures: Any) -> None:
    """How far a dry run is: columns of ReportImport and their values."""
    if found := _in_state(session, import_id, ImportState.CHECKING):
        for name, value in figures.items():
            setattr(found, name, value)


def note_checked(session: Session, import_id: uuid.UUID) -> None:
    """A dry run is over."""
    if found := _in_state(session, import_id, ImportState.CHECKING):
        found.state = ImportState.CHECKED


def add_progress(session: Session, import_id: uuid.UUID, rows: int, accepted: int, repeated: int) -> None:
    """So many more rows were taken in, or passed over."""
    if found := _in_state(session, import_id, ImportState.IMPORTING):
        found.rows_read += rows
        found.accepted += accepted
        found.repeated += repeated


def note_done(session: Session, import_id: uuid.UUID) -> None:
    """Every row had its turn: the file is erased."""
    if found := _in_state(session, import_id, ImportState.IMPORTING):
        found.state, found.done_at = ImportState.DONE, utcnow()
        _erase_file(session, found)
        detail = {"accepted": found.accepted, "repeated": found.repeated, "rows": found.rows}
        _record(session, Action.IMPORT_DONE, found, "worker", detail)


def note_failure(session: Session, import_id: uuid.UUID, code: str) -> None:
    """The file can't be taken; it is erased."""
    found = session.get_one(ReportImport, import_id, with_for_update=True)
    found.state, found.failure, found.done_at = ImportState.FAILED, code, utcnow()
    _erase_file(session, found)
    _record(session, Action.IMPORT_DONE, found, "worker", {"failure": code})


def expire(session: Session, found: ReportImport, now: datetime) -> datetime | None:
    """Erase a table that waited too long for somebody; else the moment at which to look again."""
    over_at = found.created_at + KEPT_FOR
    if now < over_at:
        return over_at
    note_failure(session, found.id, "expired")
    return None


def _erase_file(session: Session, found: ReportImport) -> None:
    """The file, and the headings that came from it, are not needed any more."""
    upload_id, found.upload_id, found.columns = found.upload_id, None, []
    session.flush()
    if upload_id is not None:
        uploads.erase(session, [upload_id])


def _in_state(session: Session, import_id: uuid.UUID, state: ImportState) -> ReportImport | None:
    found = session.get_one(ReportImport, import_id, with_for_update=True)
    return found if found.state == state else None


def _record(
    session: Session, action: Action, found: ReportImport, actor: str, detail: dict[str, Any]
) -> None:
    audit.record(session, action, f"import:{found.id}", actor=actor, detail=detail)
