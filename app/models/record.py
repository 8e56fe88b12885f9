"""What is kept about the work itself: work owed, the audit chain, the installation."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow
from app.database import Base, Identified
from app.models.claiming import Claimable


class OwedWork(Identified, Claimable, Base):
    """A job that must happen, written in the transaction that made it necessary. The queue is only a shortcut."""

    __tablename__ = "owed_work"
    __table_args__ = (
        UniqueConstraint("job", "subject_id"),
        Index("ix_owed_work_done_at_available_at", "done_at", "available_at"),
    )

    job: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[uuid.UUID]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class AuditEntry(Base):
    """Who did what to which, when, and why. Each holds the digest of the one before."""

    __tablename__ = "audit_entry"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(60))  # "user:<id>", "worker", "reporter", "command"
    action: Mapped[str] = mapped_column(String(60), index=True)
    subject: Mapped[str] = mapped_column(String(80), index=True)  # "case:<id>"
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    previous_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)


class Installation(Base):
    """One row: what this installation is."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
