"""Reports, their messages, and the contacts replies go to: all sealed where a person wrote them."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import utcnow
from app.database import Base, Identified


class Channel(StrEnum):
    """How a report came in."""

    SMS = "sms"
    WEB = "web"


class ReportState(StrEnum):
    """How far a report is. `received` until a worker has understood it."""

    RECEIVED = "received"
    PROCESSED = "processed"
    NEEDS_PERSON = "needs_person"
    WITHDRAWN = "withdrawn"


class Direction(StrEnum):
    """Which way a message went."""

    INBOUND = "in"
    OUTBOUND = "out"


class DeliveryState(StrEnum):
    """Where an outgoing message is. States only move forward; `unknown` is never resent by the machine."""

    WAITING = "waiting"  # to be read on the receipt page
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    RECEIVED = "received"  # an inbound message
    CANCELLED = "cancelled"


class Report(Identified, Base):
    """One submission by one source over one channel. Its original never changes, and is never here in the clear."""

    __tablename__ = "report"

    channel: Mapped[str] = mapped_column(String(10))
    gateway: Mapped[str] = mapped_column(String(30), default="")
    channel_reference: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    receipt_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    state: Mapped[str] = mapped_column(String(20), default=ReportState.RECEIVED, index=True)
    received_at: Mapped[datetime] = mapped_column(index=True)
    language: Mapped[str] = mapped_column(String(5), default="fr")  # of the answers, not of the text
    contact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contact.id"), index=True)
    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("casefile.id"), index=True)
    is_answer: Mapped[bool] = mapped_column(default=False)  # an SMS that answered a question of an open case
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    withdrawn_at: Mapped[datetime | None]

    messages: Mapped[list[Message]] = relationship(order_by="Message.created_at", back_populates="report")


class Contact(Identified, Base):
    """A phone that wrote to us: a digest under a key only workers hold, and the number sealed to them."""

    __tablename__ = "contact"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    sealed_address: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class Message(Identified, Base):
    """One message, in or out.

    Inbound: `sealed_content` is the original; `anonymised_text` and `sealed_tokens` come from a worker.
    Outbound: `text` is what a colleague wrote to the reporter.
    """

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_report_id_created_at", "report_id", "created_at"),)

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id"))
    direction: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(15))
    channel: Mapped[str] = mapped_column(String(10))
    channel_reference: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    sealed_content: Mapped[bytes | None] = mapped_column(LargeBinary)
    anonymised_text: Mapped[str | None] = mapped_column(Text)
    sealed_tokens: Mapped[bytes | None] = mapped_column(LargeBinary)
    residual_risk: Mapped[float | None]  # the machine's estimate that something identifying is left, 0 to 1
    text: Mapped[str | None] = mapped_column(Text)
    answers_message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("message.id"))
    written_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    provider_reference: Mapped[str | None] = mapped_column(String(64))
    failure: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]  # when the holder of the code first saw it

    report: Mapped[Report] = relationship(back_populates="messages", foreign_keys=[report_id])
