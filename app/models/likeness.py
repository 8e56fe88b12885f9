"""By what a case can be found again: signatures of its text, of its event, and of whom it names."""

from __future__ import annotations

import uuid
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, Identified


class LikenessKind(StrEnum):
    """What two cases share when they share a key."""

    TEXT = "text"  # a band of the anonymised text's signature
    EVENT = "event"  # region, week and kind of act
    PERSON = "person"  # a name, under a key that only workers hold
    PHONE = "phone"


class Likeness(Identified, Base):
    """One key of one message. Whoever reads the table learns which cases share something, not what."""

    __tablename__ = "likeness"
    __table_args__ = (
        UniqueConstraint("message_id", "kind", "key"),
        Index("ix_likeness_kind_key_case_id", "kind", "key", "case_id"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("casefile.id"))
    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("message.id"))
    kind: Mapped[str] = mapped_column(String(10))
    key: Mapped[bytes] = mapped_column(LargeBinary(32))
