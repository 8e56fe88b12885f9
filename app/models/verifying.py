"""What a verification rests on: the checklist, how much each report is worth, and who said what on which ground."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import utcnow
from app.database import Base, Identified
from app.models.organisation import User


class VerificationCheck(Identified, Base):
    """One point of a case's checklist as it was last answered. Codes are those of app.reference.record."""

    __tablename__ = "verification_check"
    __table_args__ = (UniqueConstraint("case_id", "code"),)

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("casefile.id"))
    code: Mapped[str] = mapped_column(String(30))
    answer: Mapped[str] = mapped_column(String(15))
    note: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)

    by: Mapped[User] = relationship(lazy="joined")


class SourceAssessment(Identified, Base):
    """How reliable a report's source is (A–F) and how credible what it says (1–6)."""

    __tablename__ = "source_assessment"

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id"), unique=True)
    reliability: Mapped[str] = mapped_column(String(1))
    credibility: Mapped[str] = mapped_column(String(1))
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)

    by: Mapped[User] = relationship(lazy="joined")


class VerificationStep(Identified, Base):
    """One change of a case's verification. A proposal is `pending` on a complete checklist: somebody else confirms."""

    __tablename__ = "verification_step"
    __table_args__ = (Index("ix_verification_step_case_id_at", "case_id", "at"),)

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("casefile.id"))
    before: Mapped[str] = mapped_column(String(20))
    after: Mapped[str] = mapped_column(String(20))
    ground: Mapped[str] = mapped_column(Text)
    is_proposal: Mapped[bool] = mapped_column(default=False)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)

    by: Mapped[User] = relationship(lazy="joined")
