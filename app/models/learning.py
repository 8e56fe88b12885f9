"""The models for violations that this installation learnt from its own decided cases."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow
from app.database import Base


class ModelState(StrEnum):
    """What became of a learnt model. At most one is active; with none, the shipped one runs."""

    CANDIDATE = "candidate"  # better than what ran when it was learnt, which no longer runs
    ACTIVE = "active"
    RETIRED = "retired"
    REJECTED = "rejected"


class TriageModel(Base):
    """One learnt model: its weights, what it was compared with, and what became of it. Version 0 is the shipped one."""

    __tablename__ = "triage_model"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    made_at: Mapped[datetime] = mapped_column(default=utcnow)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))  # SHA-256 of `data`
    examples: Mapped[int]  # decided cases of this installation that it learnt from
    macro_f1_running: Mapped[float]
    macro_f1_candidate: Mapped[float]
    state: Mapped[str] = mapped_column(String(15), index=True)
    note: Mapped[str] = mapped_column(String(200), default="")
