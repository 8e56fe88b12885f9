"""Reports, their messages, and the contacts replies go to: all sealed where a person wrote them."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import utcnow
from app.database import Base, Identified


class Channel(StrEnum):
    """How a report came in."""

    SMS = "sms"
    WEB = "web"
    API = "api"  # a partner's own program, Kobo, or a table that was imported
    WHATSAPP = "whatsapp"
    VOICE = "voice"
    USSD = "ussd"

    @property
    def is_by_phone(self) -> bool:
        """Whether answers go to a phone rather than to the receipt page."""
        return self not in {Channel.WEB, Channel.API}


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
    UNDELIVERED = "undelivered"  # the network gave it up after the provider had taken it
    FAILED = "failed"
    UNKNOWN = "unknown"
    RECEIVED = "received"  # an inbound message
    CANCELLED = "cancelled"


class MessagePurpose(StrEnum):
    """Why a text goes to a phone; decides its priority and whether budgets count it as automatic."""

    QUESTION = "question"  # a colleague asks
    ANSWER = "answer"  # the machine acknowledges, or answers a command
    PROMPT = "prompt"  # the machine asks one of its two short questions
    NOTICE = "notice"  # the machine says, once, that somebody follows up
    TEST = "test"  # an administrator tries a gateway
    COLLEAGUE = "colleague"  # a colleague hears on their own phone that something waits


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

    # Of a report from the web; None where it wasn't asked, as with an SMS. See app/intake/consent.py.
    consent: Mapped[dict[str, Any] | None]
    questionnaire_version: Mapped[int | None]
    submitted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    erased_at: Mapped[datetime | None]  # its writer had deleted what can be deleted
    follow_up_told_at: Mapped[datetime | None]  # its writer was told, once, that somebody follows up

    messages: Mapped[list[Message]] = relationship(order_by="Message.created_at", back_populates="report")


class Contact(Identified, Base):
    """A phone that wrote to us: a digest under a key only workers hold, and the number sealed to them."""

    __tablename__ = "contact"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    sealed_address: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    language: Mapped[str | None] = mapped_column(String(5))  # that the person asked for or last wrote in
    last_gateway: Mapped[str] = mapped_column(String(30), default="")  # answers go out where it came in
    is_machine: Mapped[bool] = mapped_column(
        default=False
    )  # a short code or a name: never answered by itself
    stopped_at: Mapped[datetime | None]  # STOP: nothing is sent until START
    is_never_written: Mapped[bool] = mapped_column(default=False)
    safe_from_minute: Mapped[int | None]  # minutes after midnight in Bamako between which one may write
    safe_until_minute: Mapped[int | None]
    has_cover: Mapped[bool] = mapped_column(default=False)  # only the cover wording is ever sent


class Message(Identified, Base):
    """One message, in or out.

    Inbound: `sealed_content` is the original; `anonymised_text` and `sealed_tokens` come from a worker.
    Outbound: `text` is what a colleague wrote to the reporter, or `template` what the machine says. A text out to a
    phone is owed as long as its state is `queued`.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_report_id_created_at", "report_id", "created_at"),
        Index("ix_message_state_available_at", "state", "available_at"),
        Index("ix_message_contact_id_created_at", "contact_id", "created_at"),
    )

    report_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("report.id"))
    direction: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(15))
    channel: Mapped[str] = mapped_column(String(10))
    channel_reference: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    sealed_content: Mapped[bytes | None] = mapped_column(LargeBinary)
    anonymised_text: Mapped[str | None] = mapped_column(Text)
    sealed_tokens: Mapped[bytes | None] = mapped_column(LargeBinary)
    token_marks: Mapped[dict[str, Any] | None]  # keyed digests by which workers find the same names again
    residual_risk: Mapped[float | None]  # the machine's estimate that something identifying is left, 0 to 1
    answers: Mapped[dict[str, Any] | None]  # codes and counts of a web form's closed questions, from a worker
    text: Mapped[str | None] = mapped_column(Text)
    answers_message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("message.id"))
    written_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    repeats_message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("message.id"))
    provider_reference: Mapped[str | None] = mapped_column(String(200))
    failure: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]  # when the holder of the code first saw it

    # What the outbox needs of a text to a phone.
    contact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contact.id"))
    sealed_address: Mapped[bytes | None] = mapped_column(
        LargeBinary
    )  # of a test; a reporter's is the contact's
    gateway: Mapped[str] = mapped_column(String(30), default="")  # to go out by, or gone out by
    purpose: Mapped[str] = mapped_column(String(15), default="")  # see MessagePurpose
    template: Mapped[str | None] = mapped_column(
        String(40)
    )  # a key of the dialogue; its code is never stored
    language: Mapped[str] = mapped_column(String(5), default="fr")
    priority: Mapped[int] = mapped_column(default=0)  # the highest goes first
    available_at: Mapped[datetime] = mapped_column(default=utcnow)
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime | None]

    report: Mapped[Report | None] = relationship(back_populates="messages", foreign_keys=[report_id])
