"""What comes in by a gateway and what goes out: arrivals, attempts to send, receipts, conversations, wordings."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Float, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow
from app.database import Base, Identified
from app.models.claiming import Claimable
from app.models.report import Channel


class ArrivalKind(StrEnum):
    """What a gateway handed over."""

    TEXT = "text"
    USSD = "ussd"
    CALL = "call"
    MISSED_CALL = "missed_call"


class ArrivalOutcome(StrEnum):
    """What became of an arrival, for the people who look after the gateways. Empty until a worker took it in."""

    WAITING = ""
    WAITING_FOR_PARTS = "waiting_for_parts"
    REPORT_OPENED = "report_opened"
    ADDED = "added"  # to the report that its conversation is about
    JOINED = "joined"  # into a message that another part began
    REPEATED = "repeated"  # kept, and linked to the same text just before
    COMMAND = "command"
    CONSENT = "consent"
    CALL_BACK = "call_back"
    EMPTY = "empty"
    UNDECODABLE = "undecodable"  # kept sealed as bytes, put before a person
    UNREADABLE = "unreadable"  # sealed to a key that isn't here, or damaged


class Arrival(Identified, Claimable, Base):
    """One message as a gateway gave it: acknowledged once this row is durable. Its row is the work that is owed.

    `sealed_content` holds sender, text or bytes, parts and media. The lower columns are the worker's.
    """

    __tablename__ = "arrival"
    __table_args__ = (
        Index("ix_arrival_done_at_available_at", "done_at", "available_at"),
        Index("ix_arrival_gateway_received_at", "gateway", "received_at"),
        Index("ix_arrival_contact_id_received_at", "contact_id", "received_at"),
    )

    gateway: Mapped[str] = mapped_column(String(30))
    kind: Mapped[str] = mapped_column(String(15))
    channel: Mapped[str] = mapped_column(String(10), default=Channel.SMS)
    reference: Mapped[bytes] = mapped_column(
        LargeBinary(32), unique=True
    )  # keyed digest of the provider's id
    received_at: Mapped[datetime]
    sealed_content: Mapped[bytes] = mapped_column(LargeBinary)
    is_demonstration: Mapped[bool] = mapped_column(default=False)

    outcome: Mapped[str] = mapped_column(String(20), default=ArrivalOutcome.WAITING)
    contact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contact.id"))
    message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("message.id"), index=True)
    text_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # under the workers' key
    part_reference: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # under the workers' key
    part_number: Mapped[int | None]
    part_total: Mapped[int | None]


class Gateway(Identified, Base):
    """A gateway that an administrator configured in the console.

    `settings` are values that aren't secret; `web_secrets` are encrypted under the web's own key, for recognising
    requests; `worker_secrets` are sealed to the workers, for sending.
    """

    __tablename__ = "gateway"

    slug: Mapped[str] = mapped_column(String(30), unique=True)
    provider: Mapped[str] = mapped_column(String(30))
    label: Mapped[str] = mapped_column(String(80))
    is_enabled: Mapped[bool] = mapped_column(default=True)
    is_sending: Mapped[bool] = mapped_column(default=True)
    preference: Mapped[int] = mapped_column(default=10)  # the lowest is tried first
    segments_per_minute: Mapped[int] = mapped_column(default=30)
    price_per_segment: Mapped[float] = mapped_column(Float, default=0.0)  # in the currency of the policy
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    web_secrets: Mapped[bytes | None] = mapped_column(LargeBinary)
    worker_secrets: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)


class GatewayState(Base):
    """How a gateway is doing; also for one that comes from the environment and has no row of its own."""

    __tablename__ = "gateway_state"

    slug: Mapped[str] = mapped_column(String(30), primary_key=True)
    next_free_at: Mapped[datetime | None]  # when its rate allows the next message
    resting_until: Mapped[datetime | None]  # after failures in a row, others are preferred until then
    failures_in_a_row: Mapped[int] = mapped_column(default=0)
    last_heard_at: Mapped[datetime | None]  # a ping or any genuine request
    reconciled_until: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    check_finding: Mapped[str] = mapped_column(String(80), default="")  # empty: it answered


class SendAttempt(Identified, Base):
    """One call to a provider for one message. Without `ended_at` nobody knows how it went."""

    __tablename__ = "send_attempt"
    __table_args__ = (
        Index("ix_send_attempt_gateway_provider_reference", "gateway", "provider_reference"),
        Index("ix_send_attempt_gateway_started_at", "gateway", "started_at"),
    )

    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("message.id"), index=True)
    gateway: Mapped[str] = mapped_column(String(30))
    started_at: Mapped[datetime] = mapped_column(default=utcnow)
    ended_at: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(String(15), default="")
    failure: Mapped[str] = mapped_column(String(60), default="")
    provider_reference: Mapped[str | None] = mapped_column(String(200))
    segments: Mapped[int] = mapped_column(default=1)
    cost: Mapped[float] = mapped_column(Float, default=0.0)


class DeliveryReceipt(Identified, Base):
    """What a provider said became of a message: every one is kept, also those that come twice or too early."""

    __tablename__ = "delivery_receipt"
    __table_args__ = (
        Index("ix_delivery_receipt_gateway_provider_reference", "gateway", "provider_reference"),
    )

    gateway: Mapped[str] = mapped_column(String(30))
    provider_reference: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(15))
    code: Mapped[str] = mapped_column(String(40), default="")
    received_at: Mapped[datetime] = mapped_column(default=utcnow)
    message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("message.id"), index=True)


class Conversation(Identified, Base):
    """Where the talk with one contact stands: the report that free text is added to, and what was asked."""

    __tablename__ = "conversation"

    contact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contact.id"), unique=True)
    report_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("report.id"), index=True)
    state: Mapped[str] = mapped_column(String(30))  # a state of conversation.toml
    asked: Mapped[list[str]] = mapped_column(default=list)  # questions put so far, for this report
    language: Mapped[str] = mapped_column(String(5), default="fr")
    last_heard_at: Mapped[datetime] = mapped_column(default=utcnow)


class Wording(Identified, Base):
    """A text of the dialogue as an administrator changed it; without a row the shipped one is said."""

    __tablename__ = "wording"
    __table_args__ = (UniqueConstraint("key", "language"),)

    key: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(5))
    text: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))


class MessagingPolicy(Base):
    """One row: how much the machine may write by itself, as an administrator set it."""

    __tablename__ = "messaging_policy"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    answers_per_contact: Mapped[int] = mapped_column(default=8)  # automatic ones a day
    messages_per_day: Mapped[int] = mapped_column(default=1000)  # the whole installation, automatic or not
    currency: Mapped[str] = mapped_column(String(5), default="FCFA")
    warned_on: Mapped[date | None]  # the day the warning at 80 % was recorded


class VoicePrompt(Identified, Base):
    """A spoken prompt that an administrator recorded; none is shipped."""

    __tablename__ = "voice_prompt"
    __table_args__ = (UniqueConstraint("key", "language"),)

    key: Mapped[str] = mapped_column(String(30))
    language: Mapped[str] = mapped_column(String(5))
    content_type: Mapped[str] = mapped_column(String(40))
    audio: Mapped[bytes] = mapped_column(LargeBinary)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))


class CallbackRequest(Identified, Base):
    """Somebody rang and hung up: call them back. Open ones of one contact are one."""

    __tablename__ = "callback_request"

    contact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contact.id"), index=True)
    requested_at: Mapped[datetime] = mapped_column(default=utcnow)
    last_rang_at: Mapped[datetime] = mapped_column(default=utcnow)
    times: Mapped[int] = mapped_column(default=1)
    done_at: Mapped[datetime | None] = mapped_column(index=True)
    done_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))


class AttachmentState(StrEnum):
    """How far a file that came with a message is."""

    WAITING = "waiting"  # still at the provider, or on its way in from the web
    ARRIVED = "arrived"  # whole and sealed in pieces, not yet looked at
    KEPT = "kept"
    FAILED = "failed"


class Attachment(Identified, Base):
    """A file that came with a message: the original sealed as it was, and a copy without metadata, sealed too."""

    __tablename__ = "attachment"

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id"), index=True)
    message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("message.id"), index=True)
    gateway: Mapped[str] = mapped_column(String(30), default="")
    state: Mapped[str] = mapped_column(String(15), default=AttachmentState.WAITING)
    sealed_source: Mapped[bytes | None] = mapped_column(LargeBinary)  # where to fetch it, until it was
    content_type: Mapped[str] = mapped_column(String(60), default="")  # by its content, not by what was said
    size: Mapped[int] = mapped_column(default=0)  # bytes of the original
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    sealed_original: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_copy: Mapped[bytes | None] = mapped_column(LargeBinary)
    failure: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    upload_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("upload.id"), unique=True
    )  # of the original
    caution: Mapped[str] = mapped_column(String(40), default="")  # why there is no copy, or why to beware
    sealed_details: Mapped[bytes | None] = mapped_column(LargeBinary)  # what the original's metadata said
    sealed_preview: Mapped[bytes | None] = mapped_column(LargeBinary)  # a small picture of the copy
    blurred: Mapped[list[list[float]]] = mapped_column(
        default=list
    )  # [left, top, width, height], each 0 to 1
    face_count: Mapped[int | None]  # faces that a machine proposed to blur


class OpeningSubject(StrEnum):
    """What can be opened for one person for a short time."""

    ATTACHMENT = "attachment"  # the copy without metadata
    ATTACHMENT_DETAILS = "details"  # what the original's metadata said
    CONTACT = "contact"
    MESSAGE = "message"
    TOKEN = "token"  # noqa: S105 - whom or what one sign of a message's anonymised text stands for
    ORIGINAL = "original"  # the file as it came, with everything in it


class Opening(Identified, Base):
    """One person opens one sealed thing, with a reason, in one browser.

    Of what workers can open, one seals it anew to `public_key`; what is under its report's own key is opened by the
    person's own. The private half of `public_key` is only in a cookie of who asked: nothing at rest opens the answer.
    """

    __tablename__ = "opening"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("casefile.id"), index=True)
    subject: Mapped[str] = mapped_column(String(15))
    subject_id: Mapped[uuid.UUID]
    part: Mapped[str] = mapped_column(String(40), default="", server_default="")  # which token of a message
    reason: Mapped[str] = mapped_column(String(300))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    asked_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    sealed_answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    failure: Mapped[str | None] = mapped_column(String(60))
