"""Taking an export: opened with the person's own key as it is read, whole or in parts, and on record each time."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.audit import Action
from app.casework.errors import CaseworkError
from app.clock import utcnow
from app.exports.askers import may_take
from app.exports.asking import note
from app.exports.keeping import let_go, sealed_path
from app.exports.sealed_files import Damaged, SealedFile
from app.exports.standing import is_outdated
from app.models import HELD_STATES, ExportRecord, ExportState, User
from app.notifications.kinds import NoticeKind
from app.notifications.service import notify
from app.safe import user_keys
from app.safe.holding import Unlocked
from app.safe.opening import CannotOpen, open_bytes, ring, sealed_under
from app.sealing import key_id
from app.settings import Settings

OUTDATED = "outdated"  # as an export's failure, and as why its file was erased
FILE_OUTDATED = "file_outdated"
KEPT_ONCE_TAKEN = timedelta(hours=24)  # so that a copy that broke off on its way can be gone on with


def can_be_taken(user: User, record: ExportRecord, now: datetime) -> bool:
    """Whether there is a file for this person."""
    is_there = record.state in HELD_STATES and record.folder is not None and record.sealed_key is not None
    return is_there and may_take(user, record) and (record.expires_at is None or record.expires_at > now)


def is_sealed_to_them(session: Session, record: ExportRecord) -> bool:
    """Whether the file's key lies sealed to the key that the person has now; one that was thrown away opens nothing,
    also where a session still holds it.
    """
    key = user_keys.key_of(session, record.user_id)
    return key is not None and sealed_under(record.sealed_key or b"") == key_id(key.public_key)


def opened(
    settings: Settings, session: Session, user: User, record: ExportRecord, held: Unlocked
) -> SealedFile:
    """The file, to be read from anywhere.

    Raises SafeError("factor_missing"), and CaseworkError: `file_gone`, `file_damaged`, `file_outdated` (call
    `outdate` then).
    """
    held.check_strong()
    path = sealed_path(settings, record)
    if path is None or held.user_id != record.user_id or not can_be_taken(user, record, utcnow()):
        raise CaseworkError("file_gone")
    if not is_sealed_to_them(session, record):
        raise CaseworkError("file_gone")
    if is_outdated(session, record):
        raise CaseworkError(FILE_OUTDATED)
    try:
        key = open_bytes(ring(held.private), record.sealed_key or b"")
        return SealedFile(path, key, record.id, record.byte_count or 0)
    except FileNotFoundError as error:
        raise CaseworkError("file_gone") from error
    except (CannotOpen, Damaged) as error:
        raise CaseworkError("file_damaged") from error


def outdate(session: Session, export_id: uuid.UUID, actor: str) -> str | None:
    """Let go of a file that must not be handed out any more, and tell who asked; the folder to erase once that is
    durable. What was changed is told to nobody.
    """
    record = session.get(ExportRecord, export_id, with_for_update={"of": ExportRecord})
    if record is None or record.state not in HELD_STATES or record.folder is None:
        return None
    record.failure = OUTDATED
    if record.state == ExportState.TAKEN:
        note(session, record, Action.EXPORT_ERASED, actor, {"reason": OUTDATED})
    else:
        record.state = ExportState.CANCELLED
        note(session, record, Action.EXPORT_CANCELLED, actor, {"reason": OUTDATED})
        notify(session, NoticeKind.EXPORT_OUTDATED, [record.user])
    return let_go(record)


def note_taking(session: Session, user: User, record: ExportRecord, start: int) -> None:
    """Put on record that the file is handed out, from which byte on. Call it before the first byte goes."""
    note(session, record, Action.EXPORT_TAKEN, f"user:{user.id}", {"from": start})


def taken_whole(session: Session, export_id: uuid.UUID) -> None:
    """The last byte went out: from now on the file lies a day longer, and no longer."""
    record = session.get(ExportRecord, export_id, with_for_update={"of": ExportRecord})
    if record is None or record.state != ExportState.READY:
        return
    now = utcnow()
    record.state, record.taken_at = ExportState.TAKEN, now
    record.expires_at = min(record.expires_at or now + KEPT_ONCE_TAKEN, now + KEPT_ONCE_TAKEN)
