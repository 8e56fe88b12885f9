"""What proves and limits how long things are kept: signed heads of the audit trail, retention, legal hold."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import utcnow
from app.database import Base, Identified
from app.models.organisation import User


class SignedHead(Base):
    """The audit chain's last entry at one moment, signed by workers; each holds the digest of the signature before."""

    __tablename__ = "signed_head"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # from 1, without a gap
    sequence: Mapped[int]  # of the last entry
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))  # of the last entry
    signed_at: Mapped[datetime]
    previous: Mapped[bytes] = mapped_column(LargeBinary(32))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))


class AuditCheck(Identified, Base):
    """One time that workers went through the whole chain; `problems` is how many places didn't hold."""

    __tablename__ = "audit_check"

    checked_at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
    entries: Mapped[int]
    problems: Mapped[int]


class RetentionVersion(Identified, Base):
    """How long things are kept, as somebody set it from one moment on; without a row the shipped periods hold.

    `days` has a number of days by rule, 0 for what is never erased by itself. Never changed once made.
    """

    __tablename__ = "retention_version"

    version: Mapped[int] = mapped_column(unique=True)
    days: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime] = mapped_column(default=utcnow)
    saved_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(Text)

    saved_by: Mapped[User] = relationship(lazy="joined")


class DueSubject(StrEnum):
    """What can fall due one by one."""

    CASE = "case"
    REPORT = "report"
    CONTACT = "contact"


class RetentionDue(Identified, Base):
    """That something falls due by a rule, since it was announced. Gone once it was erased or is due no more."""

    __tablename__ = "retention_due"
    __table_args__ = (
        UniqueConstraint("rule", "subject_id"),
        Index("ix_retention_due_rule_due_at", "rule", "due_at"),
    )

    rule: Mapped[str] = mapped_column(String(30))
    subject: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[uuid.UUID] = mapped_column(index=True)
    due_at: Mapped[datetime]
    announced_at: Mapped[datetime] = mapped_column(default=utcnow)


class LegalHold(Identified, Base):
    """That nothing of a case may be erased, why and until when; holds put on many cases at once share `batch_id`."""

    __tablename__ = "legal_hold"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("casefile.id"), index=True)
    batch_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(Text)
    placed_at: Mapped[datetime] = mapped_column(default=utcnow)
    placed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    ends_at: Mapped[datetime | None]
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    lift_reason: Mapped[str] = mapped_column(Text, default="")

    placed_by: Mapped[User] = relationship(foreign_keys=[placed_by_id], lazy="joined")


class Tombstone(Identified, Base):
    """One act of a case that was erased, for figures: nothing that leads back to the case or to anybody."""

    __tablename__ = "tombstone"
    __table_args__ = (Index("ix_tombstone_month_region_code", "month", "region_code"),)

    month: Mapped[date] = mapped_column(Date)  # its first day; of when the case came in
    region_code: Mapped[str | None] = mapped_column(String(10))
    violation_code: Mapped[str] = mapped_column(String(40), default="")  # empty: none was found
    is_main: Mapped[bool]  # one of each case's is, so that cases can be counted
    verification: Mapped[str] = mapped_column(String(20))
    is_demonstration: Mapped[bool] = mapped_column(default=False)
