"""Judicial files that end by themselves: undecided in time, never made, or about a report that was taken back."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.audit import Action
from app.clock import utcnow
from app.database import transaction
from app.exports.asking import note
from app.exports.judicial.allowing import standing_reports
from app.exports.keeping import erase, let_go
from app.models import UNDECIDED, ExportRecord, ExportState, JudicialFile, JudicialState
from app.settings import Settings
from workers.exports.judicial.making import close

PAYLOAD_KEPT = timedelta(days=1)  # a file that isn't made by then never is
_TAKEN_BACK = "taken_back"


def tidy(settings: Settings) -> int:
    """End what nobody decided in time, erase payloads of what was never made, and files that nobody fetched yet about
    a report that was withdrawn or deleted since; how many.
    """
    now = utcnow()
    with transaction() as session:
        ended = [_end(session, file) for file in _over(session, now)]
        folders = [folder for file in _unfetched(session) if (folder := _take_back(session, file))]
    for folder in folders:
        erase(settings, folder)
    return len(ended) + len(folders)


def _over(session: Session, now: datetime) -> list[JudicialFile]:
    undecided = JudicialFile.state.in_(UNDECIDED) & (JudicialFile.expires_at <= now)
    stuck = (JudicialFile.state == JudicialState.APPROVED) & (JudicialFile.decided_at <= now - PAYLOAD_KEPT)
    over = select(JudicialFile).where(or_(undecided, stuck)).with_for_update(of=JudicialFile)
    return list(session.scalars(over).unique())


def _end(session: Session, file: JudicialFile) -> uuid.UUID:
    is_stuck = file.state == JudicialState.APPROVED
    state = JudicialState.FAILED if is_stuck else JudicialState.EXPIRED
    close(session, file, state, "not_made" if is_stuck else "")
    return file.id


def _unfetched(session: Session) -> Iterator[JudicialFile]:
    """Those that lie there, of which a report no longer stands."""
    made = (
        select(JudicialFile)
        .join(ExportRecord, ExportRecord.id == JudicialFile.export_id)
        .where(JudicialFile.state == JudicialState.MADE, ExportRecord.folder.is_not(None))
    )
    for file in session.scalars(made).unique().all():
        standing = {str(each.id) for each in standing_reports(session, file.case)}
        if not set(file.report_ids) <= standing:
            yield file


def _take_back(session: Session, file: JudicialFile) -> str | None:
    record = file.export
    if record is None:
        return None
    record.state = ExportState.TAKEN if record.state == ExportState.TAKEN else ExportState.EXPIRED
    note(session, record, Action.EXPORT_EXPIRED, "worker", {"reason": _TAKEN_BACK})
    return let_go(record)
