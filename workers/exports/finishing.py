"""How the making of an export ends: its file is sealed and it is ready, or it failed; in one transaction each."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.audit import Action
from app.clock import utcnow
from app.database import close_session, transaction
from app.exports.asking import note
from app.exports.keeping import let_go
from app.exports.sealed_files import SealedAs
from app.models import ExportRecord, ExportState, UserKey
from app.notifications.kinds import NoticeKind
from app.notifications.service import notify
from app.safe import user_keys
from app.sealing import seal_bytes
from workers.exports.progress import NotOurs

logger = structlog.get_logger()

KEPT = timedelta(days=7)  # until it is taken
MOST_ATTEMPTS = 3  # to begin one whose worker was killed each time, as for lack of memory
LONGEST_CODE = 60
Settle = Callable[[Session, ExportRecord], None]


@dataclass(frozen=True, slots=True)
class Made:
    """What a finished export says of itself, but for where it lies."""

    sealed: SealedAs
    row_count: int
    withheld: list[dict[str, Any]]
    risks: dict[str, Any] | None
    manifest: dict[str, Any]
    members: bytes | None = None  # the cases in it, packed


class CannotMake(Exception):
    """There is a reason why an export can't be made; `code` has its words in app/exports/wording.py."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def finish(export_id: uuid.UUID, folder: str, made: Made, settle: Settle | None = None) -> None:
    """Say that it is ready, seal its key to who asked, and tell them. `settle` writes what must be true with it.

    Raises NotOurs, CannotMake("own_key_missing"), and what `settle` raises: then nothing was written.
    """
    close_session()  # the reading is over
    with transaction() as session:
        record = _ours(session, export_id, folder)
        key = user_keys.key_of(session, record.user_id)
        if key is None:
            raise CannotMake("own_key_missing")
        if settle is not None:
            settle(session, record)
        _mark(record, key, made)
        digest = made.sealed.sha256.hex()
        detail = {"format": record.file_format, "count": made.row_count, "sha256": digest}
        note(session, record, Action.EXPORT_MADE, "worker", detail)
        notify(session, NoticeKind.EXPORT_READY, [record.user])


def _mark(record: ExportRecord, key: UserKey, made: Made) -> None:
    record.state, record.made_at = ExportState.READY, utcnow()
    record.expires_at = record.made_at + KEPT
    record.sealed_key = seal_bytes(made.sealed.key, key.public_key)
    record.sha256, record.byte_count = made.sealed.sha256, made.sealed.byte_count
    record.row_count = record.rows_done = record.rows_total = made.row_count
    record.withheld, record.risks, record.manifest = made.withheld, made.risks, made.manifest
    record.members = made.members


def fail(export_id: uuid.UUID, folder: str, code: str) -> None:
    """Say that it can't be made, and why; nothing where it is no longer ours to make."""
    with transaction() as session:
        try:
            record = _ours(session, export_id, folder)
        except NotOurs:
            return
        record.state, record.failure = ExportState.FAILED, code[:LONGEST_CODE]
        let_go(record)
        note(session, record, Action.EXPORT_FAILED, "worker", {"code": record.failure})
    logger.error("export_failed", error=code)


def give_up(session: Session, record: ExportRecord) -> bool:
    """Count one more attempt; or say that it can't be made, where too many workers died of it already."""
    if record.attempts < MOST_ATTEMPTS:
        record.attempts += 1
        return False
    record.state, record.failure = ExportState.FAILED, "given_up"
    note(session, record, Action.EXPORT_FAILED, "worker", {"code": record.failure})
    logger.error("export_failed", error=record.failure)
    return True


def code_of(error: Exception) -> str:
    """What is kept of an error: the code that it was raised with, or its class. The database's own codes say nothing
    to anybody here.
    """
    code = getattr(error, "code", None)
    is_ours = isinstance(code, str) and not isinstance(error, SQLAlchemyError)
    return str(code) if is_ours else type(error).__name__


def _ours(session: Session, export_id: uuid.UUID, folder: str) -> ExportRecord:
    """The record while it is ours to write. Raises NotOurs."""
    record = session.get(ExportRecord, export_id, with_for_update={"of": ExportRecord})
    if record is None or record.state != ExportState.MAKING or record.folder != folder:
        raise NotOurs
    return record
