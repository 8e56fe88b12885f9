"""The bytes of a file as they come in: sealed piece by piece, in constant memory.

A piece is sealed on its own, so that a file can go on in any process without a secret being kept in between.
"""

from __future__ import annotations

import hashlib
import uuid
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.database import transaction
from app.models import Attachment, AttachmentState, Upload, UploadPiece
from app.queue import JobName, owe
from app.sealing import seal_bytes
from app.settings import Settings

PIECE_BYTES = 256 * 1024
READ_BYTES = (
    16 * 1024
)  # at once: what a cut takes away with it, and half a minute's worth on the slowest network


class UploadRefused(ValueError):
    """The bytes can't be taken; the message is a code.

    `unknown`, `expired`, `offset`, `too_large`, `complete`; from app/files also `too_many`, `no_room`, `busy`.
    """


class ByteSource(Protocol):
    """What bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""
        ...


class PieceWriter:
    """A file that seals what is written to it, piece by piece. `flush` keeps what hasn't filled a piece.

    Sealed to the workers, unless a public key is given.
    """

    def __init__(
        self, settings: Settings, upload_id: uuid.UUID, offset: int = 0, public_key: bytes = b""
    ) -> None:
        self._public_key = public_key or settings.intake_public_key
        self._upload_id = upload_id
        self._at = offset
        self._waiting = bytearray()

    def write(self, content: bytes) -> int:
        """Take some bytes. Raises UploadRefused when somebody else wrote there, or there is no room."""
        self._waiting += content
        while len(self._waiting) >= PIECE_BYTES:
            self._keep(PIECE_BYTES)
        return len(content)

    def flush(self) -> None:
        """Keep what waits."""
        if self._waiting:
            self._keep(len(self._waiting))

    def _keep(self, size: int) -> None:
        content = bytes(self._waiting[:size])
        sealed = seal_bytes(content, self._public_key)  # before the write lock is taken
        with transaction() as session:
            upload = session.get(Upload, self._upload_id, with_for_update=True)
            _add_piece(session, upload, self._at, content, sealed)
        del self._waiting[:size]
        self._at += size


def _add_piece(session: Session, upload: Upload | None, at: int, content: bytes, sealed: bytes) -> None:
    if upload is None:
        raise UploadRefused("unknown")
    if upload.received != at:
        raise UploadRefused("offset")
    if at + len(content) > upload.size:
        raise UploadRefused("too_large")
    session.add(
        UploadPiece(
            id=uuid.uuid4(),
            upload_id=upload.id,
            sequence=upload.pieces,
            start=at,
            size=len(content),
            sealed=sealed,
        )
    )
    upload.pieces += 1
    upload.received += len(content)
    upload.chain_digest = chained(upload.chain_digest, content)
    if upload.received == upload.size:
        _complete(session, upload)


def chained(before: bytes, content: bytes) -> bytes:
    """The digest of everything so far, from the one before and the next piece."""
    return hashlib.sha256(before + hashlib.sha256(content).digest()).digest()


def close_at(session: Session, upload_id: uuid.UUID) -> None:
    """Say that a file of which the size wasn't known is whole as it is."""
    upload = session.get_one(Upload, upload_id, with_for_update=True)
    if not upload.is_complete:
        upload.size = upload.received
        _complete(session, upload)


def _complete(session: Session, upload: Upload) -> None:
    """Every byte is here; if a report has the file already, a worker may look at it."""
    upload.completed_at = utcnow()
    session.flush()
    attachment = session.scalar(select(Attachment).where(Attachment.upload_id == upload.id))
    if attachment is not None:
        attachment.size = upload.size
        arrived(session, attachment)


def arrived(session: Session, attachment: Attachment) -> None:
    """A report's file is whole: a worker may look at it."""
    attachment.state = AttachmentState.ARRIVED
    owe(session, JobName.EXAMINE_ATTACHMENT, attachment.id)
    audit.record(session, Action.ATTACHMENT_ARRIVED, f"attachment:{attachment.id}", actor="reporter")
