"""What people correct in the masks: which words they hid or showed again, and what the lists may learn from it."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow
from app.database import Base, Identified


class MaskChange(StrEnum):
    """What a person did to a mask."""

    ADDED = "added"
    REMOVED = "removed"


class CorrectionState(StrEnum):
    """How far a correction is: only a worker can open the words that a mask hides."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"  # the words could not be opened, or the mask was gone
    UNDONE = "undone"  # a mask by a person that a person took away again


class MaskCorrection(Identified, Base):
    """One mask that a person put or took away; the words are sealed as `{token: words}`, kept for a second run."""

    __tablename__ = "mask_correction"

    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("message.id"), index=True)
    change: Mapped[str] = mapped_column(String(10))
    token: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10))
    sealed_words: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(default=utcnow)


class NameKind(StrEnum):
    """What a word is said to be."""

    NAME = "name"
    NOT_A_NAME = "not_a_name"


class SuggestionState(StrEnum):
    """Only accepted words are used, by the workers of this installation."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class NameSuggestion(Identified, Base):
    """One folded word that corrections speak for, and how often. Of no case and no moment, so that it tells nothing."""

    __tablename__ = "name_suggestion"
    __table_args__ = (UniqueConstraint("word", "kind"),)

    word: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(12))
    count: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(10), default=SuggestionState.PROPOSED, index=True)
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
