"""What waits for whom, how each person wants to be told, and what was told: in the console, by mail, text, webhook."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import utcnow
from app.database import Base, Identified
from app.models.organisation import Organisation, User


class NoticeWay(StrEnum):
    """A way out of the console by which a person can be told that something waits."""

    EMAIL = "email"
    SMS = "sms"


class Rhythm(StrEnum):
    """How often a person wants to be told by one way."""

    AT_ONCE = "at_once"
    HOURLY = "hourly"
    DAILY = "daily"
    NEVER = "never"


class NoticeState(StrEnum):
    """How far a mail, a text or a webhook is. `unknown`: it may have gone, so it is never sent again."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class MailKeyState(StrEnum):
    """What became of a key that a person gave; mails wait while it is being checked."""

    CHECKING = "checking"
    USABLE = "usable"
    REFUSED = "refused"


class Notification(Identified, Base):
    """One thing that waits for one person. `unread_topic` is who, what and which case, until it is read: the same
    thing waits once.
    """

    __tablename__ = "notification"
    __table_args__ = (
        Index("ix_notification_user_id_created_at", "user_id", "created_at"),
        Index("ix_notification_user_id_read_at", "user_id", "read_at"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("casefile.id"), index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)  # codes and ids
    created_at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
    read_at: Mapped[datetime | None]
    unread_topic: Mapped[str | None] = mapped_column(String(120), unique=True)
    email_delivery_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("notice_delivery.id"), index=True)
    sms_delivery_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("notice_delivery.id"), index=True)


class NoticeDelivery(Identified, Base):
    """One mail or text that says no more than that something waits, however many things do."""

    __tablename__ = "notice_delivery"
    __table_args__ = (
        Index("ix_notice_delivery_state_available_at", "state", "available_at"),
        Index("ix_notice_delivery_user_id_created_at", "user_id", "created_at"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    way: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(15), default=NoticeState.QUEUED)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    available_at: Mapped[datetime] = mapped_column(default=utcnow)
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(String(60), default="")  # a code


class NoticePreference(Base):
    """How one person wants to be told; without a row the shipped defaults hold. Minutes are of a day in Bamako."""

    __tablename__ = "notice_preference"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    email_rhythm: Mapped[str] = mapped_column(String(10), default=Rhythm.HOURLY)
    sms_rhythm: Mapped[str] = mapped_column(String(10), default=Rhythm.NEVER)
    daily_minute: Mapped[int] = mapped_column(default=8 * 60)
    quiet_from_minute: Mapped[int | None]
    quiet_until_minute: Mapped[int | None]
    is_woken_by_urgent: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)


class MailKey(Identified, Base):
    """An OpenPGP public key or S/MIME certificate to which a person's mails are encrypted; a worker checks it."""

    __tablename__ = "mail_key"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))  # "openpgp" or "smime"
    content: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(10), default=MailKeyState.CHECKING)
    problem: Mapped[str] = mapped_column(String(40), default="")  # a code: why it was refused
    fingerprint: Mapped[str] = mapped_column(String(80), default="")
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class NoticePhone(Identified, Base):
    """A colleague's own phone, sealed to the workers. Its contact isn't that of a reporter with the same number.

    The code that confirms it is worked out from `message_id` under a key that isn't here: it is never stored.
    """

    __tablename__ = "notice_phone"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), unique=True)
    sealed_address: Mapped[bytes] = mapped_column(LargeBinary)
    ending: Mapped[str] = mapped_column(String(2))  # the last two digits, to be known again
    contact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contact.id"))
    message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("message.id"))
    code_expires_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(String(40), default="")
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class WebhookEndpoint(Identified, Base):
    """Where an organisation's own system hears that something waits. The secret is sealed to the workers.

    After a rotation the old secret signs too until `previous_until`.
    """

    __tablename__ = "webhook_endpoint"

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    url: Mapped[str] = mapped_column(String(500))
    kinds: Mapped[list[str]] = mapped_column(default=list)
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_previous_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    previous_until: Mapped[datetime | None]
    is_enabled: Mapped[bool] = mapped_column(default=True)
    disabled_reason: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))

    organisation: Mapped[Organisation] = relationship(lazy="joined")
    created_by: Mapped[User] = relationship()


class WebhookDelivery(Identified, Base):
    """One thing told to one endpoint; its id is the message's, the same at every try. No answer's body is kept."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        Index("ix_webhook_delivery_state_available_at", "state", "available_at"),
        Index("ix_webhook_delivery_endpoint_id_created_at", "endpoint_id", "created_at"),
    )

    endpoint_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("webhook_endpoint.id"))
    kind: Mapped[str] = mapped_column(String(40))
    referral_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("referral.id"), index=True)
    state: Mapped[str] = mapped_column(String(15), default=NoticeState.QUEUED)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    available_at: Mapped[datetime] = mapped_column(default=utcnow)
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_status: Mapped[int | None]  # the HTTP status of the last answer
    failure: Mapped[str] = mapped_column(String(60), default="")  # a code
    ended_at: Mapped[datetime | None]

    endpoint: Mapped[WebhookEndpoint] = relationship()
