"""Exports that are made again and again, where they are brought to, and the keys that sign them."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import utcnow
from app.database import Base, Identified
from app.models.organisation import Organisation, User


class Recurrence(StrEnum):
    """How often a scheduled export is made."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


class TargetKind(StrEnum):
    """How an export gets to an organisation. Mails and webhooks carry no data, only that something waits."""

    SFTP = "sftp"
    S3 = "s3"
    EMAIL = "email"
    WEBHOOK = "webhook"


CARRYING = frozenset({TargetKind.SFTP, TargetKind.S3})  # the kinds that carry the file itself


class TargetState(StrEnum):
    """Whether something can be brought to a target; a worker finds out."""

    CHECKING = "checking"
    USABLE = "usable"
    REFUSED = "refused"


class ExportDeliveryState(StrEnum):
    """How far a delivery is."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


schedule_target = Table(
    "export_schedule_target",
    Base.metadata,
    Column("schedule_id", ForeignKey("export_schedule.id"), primary_key=True),
    Column("target_id", ForeignKey("delivery_target.id"), primary_key=True),
)


class DeliveryTarget(Identified, Base):
    """Where exports for one organisation are brought to.

    `address` holds what may be read by who administers: host, port, folder; endpoint, region, bucket. What opens it
    (user and password, access key, mail address) is sealed to the workers. `pinned` is the host key that the server
    must show, in OpenSSH's form. `certificate` is the organisation's OpenPGP certificate.
    """

    __tablename__ = "delivery_target"

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(10))
    address: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sealed_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    pinned: Mapped[str] = mapped_column(Text, default="")
    certificate: Mapped[bytes | None] = mapped_column(LargeBinary)
    fingerprint: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[str] = mapped_column(String(10), default=TargetState.CHECKING)
    problem: Mapped[str] = mapped_column(String(40), default="")  # a code: why nothing can be brought there
    checked_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    removed_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship(lazy="joined")


class ExportSchedule(Identified, Base):
    """An export that is made again and again in the name of who set it up, as long as that person may.

    `day` is a weekday (1 is Monday) for a weekly one, else a day of the month (of the quarter's first month), from 1
    to 28. `hour` is Bamako's.
    """

    __tablename__ = "export_schedule"
    __table_args__ = (Index("ix_export_schedule_is_enabled_next_at", "is_enabled", "next_at"),)

    name: Mapped[str] = mapped_column(String(80))
    filters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    level: Mapped[str] = mapped_column(String(10))
    file_format: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(5))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    purpose: Mapped[str] = mapped_column(Text)
    recurrence: Mapped[str] = mapped_column(String(10))
    day: Mapped[int]
    hour: Mapped[int]
    next_at: Mapped[datetime]
    is_enabled: Mapped[bool] = mapped_column(default=True)
    stopped: Mapped[str] = mapped_column(String(40), default="")  # a code: why it was switched off
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    last_export_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("export_record.id"), index=True)
    removed_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship(lazy="joined")
    created_by: Mapped[User] = relationship(lazy="joined")
    targets: Mapped[list[DeliveryTarget]] = relationship(secondary=schedule_target)


class ExportDelivery(Identified, Base):
    """One export on its way to one target. The package, encrypted to the target, lies in a folder called `token`."""

    __tablename__ = "export_delivery"
    __table_args__ = (Index("ix_export_delivery_state_available_at", "state", "available_at"),)

    export_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("export_record.id"), index=True)
    schedule_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("export_schedule.id"), index=True)
    target_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("delivery_target.id"), index=True)
    token: Mapped[str] = mapped_column(String(40), default="")  # empty where nothing is carried
    byte_count: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(10), default=ExportDeliveryState.QUEUED)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    available_at: Mapped[datetime] = mapped_column(default=utcnow)
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(String(40), default="")  # a code

    target: Mapped[DeliveryTarget] = relationship(lazy="joined")


class SigningPublicKey(Base):
    """A key by which exports are checked. Earlier ones stay: what they signed goes on being good."""

    __tablename__ = "export_public_key"

    public_key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    first_seen_at: Mapped[datetime] = mapped_column(default=utcnow)
