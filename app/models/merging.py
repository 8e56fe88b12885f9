"""Cases that people found to be about one event, and reports that come from one source."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow
from app.database import Base, Identified


class CaseMerge(Identified, Base):
    """One case that went on in another, and what is needed to put back what was.

    `moved` holds ids, codes and moments, never content; see app/casework/merge_record.py for its shape.
    """

    __tablename__ = "case_merge"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("casefile.id"), index=True)
    into_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("casefile.id"), index=True)
    merged_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    merged_at: Mapped[datetime] = mapped_column(default=utcnow)
    moved: Mapped[dict[str, Any]] = mapped_column(default=dict)
    undone_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    undone_at: Mapped[datetime | None]


class SameSource(Identified, Base):
    """A person says that a report is another one sent again: the two count as one source."""

    __tablename__ = "same_source"

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id"), unique=True)
    same_as_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id"), index=True)
    said_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    said_at: Mapped[datetime] = mapped_column(default=utcnow)
