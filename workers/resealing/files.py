"""What a file holds, put under its report's key. Pieces are opened and sealed one at a time, in constant memory.

A file in pieces is written anew beside the old one, and takes its place once it is whole: whoever is killed half-way
leaves only what the sweep throws away. What a phone had sealed before it sent it is opened on the way.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.current import current_settings
from app.database import close_session, db, transaction
from app.intake import uploads
from app.intake.pieces import READ_BYTES, PieceWriter
from app.models import Attachment, AttachmentState, Upload, UploadPiece
from app.sealing import keyed_digest
from workers.attachments.originals import Damaged, original_of
from workers.opening import CannotOpen
from workers.resealing.settling import may_change
from workers.resealing.values import Turning

KEPT_HALF_DONE_FOR = timedelta(hours=2)
_COLUMNS = ("sealed_original", "sealed_copy", "sealed_details", "sealed_preview", "sealed_source")
_FINISHED = (AttachmentState.KEPT, AttachmentState.FAILED)


@dataclass(frozen=True, slots=True)
class _Read:
    """A file as it is sealed now."""

    id: uuid.UUID
    report_id: uuid.UUID
    upload_id: uuid.UUID | None
    values: dict[str, bytes | None]


def reseal_file(turning: Turning, attachment_id: uuid.UUID) -> int:
    """Put everything of one file under the report's key; how many values that were. One on its way waits."""
    read = _read(attachment_id)
    if read is None:
        return 0
    turned = {name: turning.turned(value) for name, value in read.values.items()}
    changed = {name: value for name, value in turned.items() if value != read.values[name]}
    count = len(changed) if changed and _put(read, changed) else 0
    return count + (_reseal_pieces(turning, read) if read.upload_id is not None else 0)


def _read(attachment_id: uuid.UUID) -> _Read | None:
    attachment = db.session.get(Attachment, attachment_id, populate_existing=True)
    found = None
    if attachment is not None and attachment.state in _FINISHED:
        values = {name: getattr(attachment, name) for name in _COLUMNS}
        found = _Read(attachment.id, attachment.report_id, attachment.upload_id, values)
    close_session()
    return found


def _put(read: _Read, changed: dict[str, bytes | None]) -> bool:
    """Write what changed, unless the file was erased or changed meanwhile."""
    as_read = [getattr(Attachment, name).is_not_distinct_from(read.values[name]) for name in changed]
    with transaction() as session:
        if not may_change(session, read.report_id, [read.id]):
            return False
        statement = update(Attachment).where(Attachment.id == read.id, *as_read).values(changed)
        return session.scalar(statement.returning(Attachment.id)) is not None


def _reseal_pieces(turning: Turning, read: _Read) -> int:
    before = read.upload_id
    first = select(UploadPiece.sealed).where(UploadPiece.upload_id == before, UploadPiece.sequence == 0)
    sealed = db.session.scalar(first)
    close_session()
    if sealed is None or turning.is_there(sealed):
        return 0
    try:
        original = original_of(turning.ring, read.id)
    except (CannotOpen, Damaged):
        return 0  # it stays as it is: nothing of it can be read by anybody
    after = _room_for(turning, original.size)
    writer = PieceWriter(current_settings(), after, public_key=turning.public_key)
    while part := original.file.read(READ_BYTES):
        writer.write(part)
    writer.flush()
    return int(_take_its_place(read, after))


def _room_for(turning: Turning, size: int) -> uuid.UUID:
    """An upload that nobody sends to, thrown away by the sweep unless it takes a file's place."""
    now, identifier = utcnow(), uuid.uuid4()
    upload = Upload(
        id=identifier,
        token_digest=keyed_digest(turning.ring.pseudonym_key, "resealed", identifier.hex),
        size=size,
        created_at=now,
        expires_at=now + KEPT_HALF_DONE_FOR,
    )
    with transaction() as session:
        session.add(upload)
    return identifier


def _take_its_place(read: _Read, after: uuid.UUID) -> bool:
    """The new pieces become the file, and the old ones are erased, unless somebody is about to read it."""
    with transaction() as session:
        is_free = may_change(session, read.report_id, [read.id])
        attachment = session.get(Attachment, read.id, with_for_update=True, populate_existing=True)
        if attachment is None or attachment.upload_id != read.upload_id or not is_free:
            uploads.erase(session, [after])
            return False
        _swap(session, attachment, read.upload_id, after)
        return True


def _swap(session: Session, attachment: Attachment, before: uuid.UUID | None, after: uuid.UUID) -> None:
    old, new = session.get_one(Upload, before), session.get_one(Upload, after)
    digest, purpose, expires_at = old.token_digest, old.purpose, old.expires_at
    attachment.upload_id = after
    session.flush()
    uploads.erase(session, [old.id])
    session.expunge(old)
    new.token_digest, new.purpose, new.expires_at = (
        digest,
        purpose,
        expires_at,
    )  # who sends asks how far it is
