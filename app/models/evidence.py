"""Files on their way in from the web: sealed piece by piece as they arrive, each piece on its own."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow
from app.database import Base, Identified


class UploadPurpose(StrEnum):
    """What a file was sent for."""

    EVIDENCE = "evidence"  # by a reporter
    IMPORT = "import"  # a partner's table of reports
    QUESTIONNAIRE = "questionnaire"  # an administrator's XLSForm


class Upload(Identified, Base):
    """One file as it comes in, resumable. Its pieces can't be read by the process that takes them.

    Whoever holds the token, of which only a keyed digest is kept, may go on sending. `chain_digest` is the SHA-256
    over the chain before it and the SHA-256 of each piece, so that it can be carried from one request to the next.
    """

    __tablename__ = "upload"
    __table_args__ = (Index("ix_upload_expires_at", "expires_at"),)

    purpose: Mapped[str] = mapped_column(String(15), default=UploadPurpose.EVIDENCE)
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    size: Mapped[int]  # bytes it will have, as announced; what came if nothing was announced
    received: Mapped[int] = mapped_column(default=0)  # bytes
    pieces: Mapped[int] = mapped_column(default=0)
    chain_digest: Mapped[bytes] = mapped_column(LargeBinary(32), default=bytes(32))
    was_sealed_on_phone: Mapped[bool] = mapped_column(default=False)  # what arrives is sealed already
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    completed_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]  # erased then, unless it belongs to a report by that time

    @property
    def is_complete(self) -> bool:
        """Whether every byte is here."""
        return self.completed_at is not None


class UploadPiece(Identified, Base):
    """Some bytes of a file, sealed to the workers."""

    __tablename__ = "upload_piece"
    __table_args__ = (UniqueConstraint("upload_id", "sequence"),)

    upload_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upload.id"))
    sequence: Mapped[int]  # from 0
    start: Mapped[int]  # in bytes from the beginning of the file
    size: Mapped[int]  # bytes, before sealing
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
