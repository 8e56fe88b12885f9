"""Files as they come in: begun, gone on with, attached, thrown away. Nothing here can read them again (pieces.py)."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.database import transaction
from app.intake.pieces import (
    PIECE_BYTES,
    READ_BYTES,
    ByteSource,
    PieceWriter,
    UploadRefused,
    arrived,
    chained,
    close_at,
)
from app.models import (
    Attachment,
    AttachmentState,
    Message,
    QuestionnaireFile,
    ReportImport,
    Upload,
    UploadPiece,
    UploadPurpose,
)
from app.sealing import keyed_digest
from app.settings import Settings

__all__ = ["PIECE_BYTES", "ByteSource", "PieceWriter", "UploadRefused", "chained", "close_at"]

LARGEST_FILE_BYTES = 250 * 1024 * 1024
MOST_FILES = 10  # of one message
MOST_ERASED = 100  # in one go
KEPT_UNFINISHED_FOR = timedelta(hours=24)
INCOMPLETE = "incomplete"  # what an attachment warns of when not all of the file came


@dataclass(frozen=True, slots=True)
class NewUpload:
    """An upload that was begun. The token is told to nobody but who sends."""

    id: uuid.UUID
    token: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an upload is, in bytes."""

    id: uuid.UUID
    size: int
    received: int
    expires_at: datetime

    @property
    def is_complete(self) -> bool:
        """Whether every byte is here."""
        return self.received >= self.size


def begin(
    settings: Settings,
    size: int,
    *,
    purpose: UploadPurpose = UploadPurpose.EVIDENCE,
    was_sealed_on_phone: bool = False,
) -> NewUpload:
    """Make room for a file of so many bytes. Raises UploadRefused("too_large")."""
    if not 0 <= size <= LARGEST_FILE_BYTES:
        raise UploadRefused("too_large")
    token, now = secrets.token_urlsafe(24), utcnow()
    upload = Upload(
        id=uuid.uuid4(),
        purpose=purpose,
        token_digest=token_digest(settings, token),
        size=size,
        was_sealed_on_phone=was_sealed_on_phone,
        created_at=now,
        expires_at=now + KEPT_UNFINISHED_FOR,
        completed_at=now if size == 0 else None,
    )
    identifier = upload.id
    with transaction() as session:
        session.add(upload)
    return NewUpload(identifier, token)


def progress(settings: Settings, session: Session, token: str) -> Progress | None:
    """How far the upload of a token is; None for one that isn't there (any more)."""
    upload = session.scalar(select(Upload).where(Upload.token_digest == token_digest(settings, token)))
    return _progress(upload) if upload else None


def append(settings: Settings, token: str, offset: int, source: ByteSource) -> Progress:
    """Take bytes from `offset` on until the source ends. What came before a cut stays.

    Raises UploadRefused; whatever the source raises comes through after what came was kept.
    """
    with transaction() as session:
        upload_id = _ready(_locked(session, settings, token), offset).id
    writer = PieceWriter(settings, upload_id, offset)
    try:
        while part := source.read(READ_BYTES):
            writer.write(part)
    finally:
        writer.flush()
    with transaction() as session:
        upload = session.get(Upload, upload_id)
        if upload is None:  # thrown away meanwhile
            raise UploadRefused("unknown")
        return _progress(upload)


def _ready(upload: Upload | None, offset: int) -> Upload:
    """The upload, if it goes on at `offset`; else raises UploadRefused."""
    if upload is None:
        raise UploadRefused("unknown")
    if upload.is_complete:
        raise UploadRefused("complete")
    if upload.expires_at <= utcnow():
        raise UploadRefused("expired")
    if upload.received != offset:
        raise UploadRefused("offset")
    return upload


def close_overdue(session: Session, now: datetime) -> int:
    """Take for the whole what came of a report's files whose time is over; how many there were.

    Their attachments say so (`caution`), or that nothing came at all (`failure`).
    """
    unfinished = (
        select(Attachment, Upload)
        .join(Upload, Attachment.upload_id == Upload.id)
        .where(Upload.expires_at <= now, Upload.completed_at.is_(None))
        .where(Attachment.state == AttachmentState.WAITING)
        .limit(MOST_ERASED)
    )
    found = session.execute(unfinished).all()
    for attachment, upload in found:
        attachment.caution = INCOMPLETE
        if upload.received:
            close_at(session, upload.id)
        else:
            _never_came(session, attachment)
    return len(found)


def _never_came(session: Session, attachment: Attachment) -> None:
    attachment.state, attachment.failure, attachment.size = AttachmentState.FAILED, INCOMPLETE, 0
    audit.record(session, Action.ATTACHMENT_FAILED, f"attachment:{attachment.id}", actor="worker")


def attach(session: Session, settings: Settings, message: Message, tokens: Iterable[str]) -> int:
    """Make uploads part of a message, whether they are complete or not; how many there were.

    Tokens that are unknown, of another purpose, or of a file that another message has, are left aside.
    """
    found = 0
    for token in dict.fromkeys(tokens):
        upload = _locked(session, settings, token)
        if upload is None or upload.purpose != UploadPurpose.EVIDENCE or found >= MOST_FILES:
            continue
        if session.scalar(select(Attachment.id).where(Attachment.upload_id == upload.id)) is not None:
            continue
        attachment = Attachment(
            id=uuid.uuid4(),
            report_id=message.report_id,
            message_id=message.id,
            upload_id=upload.id,
            size=upload.size,
        )
        session.add(attachment)
        session.flush()
        if upload.is_complete:
            arrived(session, attachment)
        found += 1
    return found


def remove(settings: Settings, token: str) -> bool:
    """Throw away what came of a file that no message has; False when there is none."""
    with transaction() as session:
        upload = _locked(session, settings, token)
        if upload is None or session.scalar(select(Attachment.id).where(Attachment.upload_id == upload.id)):
            return False
        erase(session, [upload.id])
    return True


def erase(session: Session, upload_ids: list[uuid.UUID]) -> None:
    """Delete files with all their pieces. Whoever points at them must let go first."""
    session.execute(delete(UploadPiece).where(UploadPiece.upload_id.in_(upload_ids)))
    session.execute(delete(Upload).where(Upload.id.in_(upload_ids)))


def erase_expired(session: Session, now: datetime) -> int:
    """Delete files whose time is over and that nothing points at; how many there were."""
    kept = (
        select(column)
        for column in (Attachment.upload_id, ReportImport.upload_id, QuestionnaireFile.upload_id)
    )
    over = select(Upload.id).where(Upload.expires_at <= now)
    for column in kept:
        over = over.where(Upload.id.not_in(column.where(column.selected_columns[0].is_not(None))))
    found = list(session.scalars(over.limit(MOST_ERASED)))
    erase(session, found)
    return len(found)


def token_digest(settings: Settings, token: str) -> bytes:
    """By what an upload is found again."""
    return keyed_digest(settings.lookup_key, "upload", token[:200])


def _locked(session: Session, settings: Settings, token: str) -> Upload | None:
    return session.scalar(
        select(Upload).where(Upload.token_digest == token_digest(settings, token)).with_for_update()
    )


def _progress(upload: Upload) -> Progress:
    return Progress(upload.id, upload.size, upload.received, upload.expires_at)
