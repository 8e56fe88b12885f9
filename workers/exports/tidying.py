"""Sealed files that nobody may take any more, and what a killed worker left behind, are erased."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.audit import Action
from app.clock import utcnow
from app.database import db, transaction
from app.exports.askers import may_take
from app.exports.asking import note
from app.exports.downloading import OUTDATED, is_sealed_to_them, outdate
from app.exports.keeping import erase, exports_root, let_go
from app.exports.previewing import KEPT
from app.exports.standing import is_outdated
from app.models import (
    HELD_STATES,
    ExportDelivery,
    ExportDeliveryState,
    ExportPreview,
    ExportRecord,
    ExportState,
)
from app.settings import Settings

LEFT_OVER_SECONDS = 3600  # no worker takes so long between making a folder and saying so


def tidy(settings: Settings) -> int:
    """Erase what ran out, what nobody can open any more, and leftovers; how many exports' files that were."""
    now = utcnow()
    with transaction() as session:
        session.execute(delete(ExportPreview).where(ExportPreview.asked_at < now - KEPT))
        folders = [folder for folder in _let_go(session, now) if folder]
        _forget_members(session)
    for folder in folders:
        erase(settings, folder)
    _erase_left_over(settings)
    return len(folders)


def _let_go(session: Session, now: datetime) -> Iterator[str | None]:
    held = select(ExportRecord).where(ExportRecord.state.in_(HELD_STATES), ExportRecord.folder.is_not(None))
    for record in session.scalars(held).unique().all():
        reason = _reason(session, record, now)
        if reason == OUTDATED:
            yield outdate(session, record.id, "worker")
        elif reason:
            was_taken = record.state == ExportState.TAKEN
            record.state = ExportState.TAKEN if was_taken else ExportState.EXPIRED
            action = Action.EXPORT_ERASED if was_taken else Action.EXPORT_EXPIRED
            note(session, record, action, "worker", {"reason": reason})
            yield let_go(record)


def _reason(session: Session, record: ExportRecord, now: datetime) -> str:
    """Why the file goes: its time is over, the person left or may not any more, their key is another, or a case in it
    must no longer go out. Or empty.
    """
    if record.expires_at is not None and record.expires_at <= now:
        return "time"
    if not may_take(record.user, record):
        return "left"
    if not is_sealed_to_them(session, record):
        return "key"
    return OUTDATED if is_outdated(session, record) else ""


def _forget_members(session: Session) -> None:
    """Which cases were in a file is nobody's to know once it is gone, and no delivery of it is under way."""
    under_way = select(ExportDelivery.export_id).where(
        ExportDelivery.state.in_([ExportDeliveryState.QUEUED, ExportDeliveryState.SENDING])
    )
    session.execute(
        update(ExportRecord)
        .where(ExportRecord.members.is_not(None), ExportRecord.folder.is_(None))
        .where(ExportRecord.id.not_in(under_way))
        .values(members=None)
        .execution_options(synchronize_session=False)
    )


def _erase_left_over(settings: Settings) -> None:
    """Folders that no record names. A folder is made just before its record says so, hence the hour."""
    root = exports_root(settings)
    if not root.is_dir():
        return
    in_use = ExportRecord.state.in_(HELD_STATES | {ExportState.MAKING})
    named = select(ExportRecord.folder).where(ExportRecord.folder.is_not(None), in_use)
    known = set(db.session.scalars(named))
    for path in root.iterdir():
        is_old = time.time() - path.stat().st_mtime > LEFT_OVER_SECONDS
        if path.is_dir() and path.name not in known and is_old:
            erase(settings, path.name)
