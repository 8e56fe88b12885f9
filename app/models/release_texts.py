"""Accounts that were made ready to leave the house: anonymised a second time, more strictly, and perhaps read."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import utcnow
from app.database import Base, Identified
from app.models.casefile import Case
from app.models.organisation import User


class ReleaseState(StrEnum):
    """Whether an account may go out."""

    CLEAR = "clear"  # little risk is left: nobody has to read it
    WAITING = "waiting"  # a person has to read it first
    READ = "read"  # a person read it and said that it may
    REFUSED = "refused"  # a person read it and said that it must not


GOES_OUT = (ReleaseState.CLEAR, ReleaseState.READ)


class ReleaseText(Identified, Base):
    """What goes out of a case's account. It holds as long as the account is the one of `source_digest`.

    `doubts` are {start, end, reason} in `text`, of words that a person should look at; `engine` says which rules made
    it. `checked_at` is when it was last compared with the account.
    """

    __tablename__ = "release_text"
    __table_args__ = (Index("ix_release_text_state_made_at", "state", "made_at"),)

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("casefile.id", ondelete="CASCADE"), unique=True)
    source_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    text: Mapped[str] = mapped_column(Text, default="")
    residual_risk: Mapped[float]
    doubts: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    engine: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text, default="")  # why it must not go out
    made_at: Mapped[datetime] = mapped_column(default=utcnow)
    checked_at: Mapped[datetime] = mapped_column(default=utcnow)
    read_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    read_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship()
    read_by: Mapped[User | None] = relationship(lazy="joined")
