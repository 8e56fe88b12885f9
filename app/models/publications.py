"""Figures made public, and the text around the figures of a periodic report."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import utcnow
from app.database import Base, Identified
from app.models.organisation import User


class PublicationState(StrEnum):
    """What became of a snapshot of figures. Only `published` is seen by everybody."""

    ASKED = "asked"  # a worker counts
    PROPOSED = "proposed"  # somebody looks at it
    PUBLISHED = "published"
    DISCARDED = "discarded"  # looked at, and not published
    RETRACTED = "retracted"  # was published; the page says that it no longer is, and why
    FAILED = "failed"


class Publication(Identified, Base):
    """Figures of one period as everybody may read them. Once counted, `document` never changes.

    `document` is the very text of the JSON file, cells suppressed, and `digest` its SHA-256 in hexadecimal. `leaves`
    are the counts behind it before suppression, as workers/publications/editions.py packs them: the next edition of
    the same days is compared with them. `failure` is a code.
    """

    __tablename__ = "publication"
    __table_args__ = (Index("ix_publication_state_period", "state", "period"),)

    number: Mapped[int] = mapped_column(unique=True)
    period: Mapped[str] = mapped_column(String(10))  # "2026-Q2", "2026"
    state: Mapped[str] = mapped_column(String(10), default=PublicationState.ASKED)
    document: Mapped[str] = mapped_column(Text, default="")
    digest: Mapped[str] = mapped_column(String(64), default="")
    suppressed_count: Mapped[int] = mapped_column(default=0)  # cells that are not shown
    failure: Mapped[str] = mapped_column(String(40), default="")
    asked_at: Mapped[datetime] = mapped_column(default=utcnow)
    asked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))  # none: the clock
    counted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    retracted_at: Mapped[datetime | None]
    retracted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    retraction_reason: Mapped[str] = mapped_column(Text, default="")  # everybody reads it
    leaves: Mapped[bytes | None] = mapped_column(LargeBinary)

    published_by: Mapped[User | None] = relationship(lazy="joined", foreign_keys=[published_by_id])

    @property
    def reference(self) -> str:
        """What people call it: `F-000012`."""
        return f"F-{self.number:06d}"


class ReportTemplate(Identified, Base):
    """The text around the figures of a periodic report, in one language. A version never changes."""

    __tablename__ = "report_template"
    __table_args__ = (UniqueConstraint("language", "version"),)

    language: Mapped[str] = mapped_column(String(5))
    version: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    saved_at: Mapped[datetime] = mapped_column(default=utcnow)
    saved_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))

    saved_by: Mapped[User] = relationship(lazy="joined")
