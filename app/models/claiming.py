"""Rows that a worker takes for a while: whoever claims one does the work, and a claim that runs out is free again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow


class Claimable:
    """Columns of work that must happen, exactly once at a time, until it is done."""

    available_at: Mapped[datetime] = mapped_column(default=utcnow)
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(String(60))  # the error's class name, never its text
