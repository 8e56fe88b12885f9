"""The safe: who holds which key. Private keys are here only sealed: to a password, a printed code, or another key.

A report's content is sealed to a key pair of that report. Its private half is sealed to each organisation that may
open it, an organisation's to each member who may, a member's under the password. So nothing at rest opens anything.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow
from app.database import Base, Identified


class UserKey(Identified, Base):
    """A person's key pair. The private half is in a secret box under a key that Argon2id makes of the password."""

    __tablename__ = "user_key"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    sealed_private: Mapped[bytes] = mapped_column(LargeBinary)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    operations: Mapped[int]  # of Argon2id, as it was when this was sealed
    memory_bytes: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    changed_at: Mapped[datetime] = mapped_column(default=utcnow)


class OrganisationKey(Identified, Base):
    """One generation of an organisation's key pair; a new one is made when a member leaves.

    `recovery_sealed` is the private half under the recovery code that was printed when this was made. A generation is
    used from `ready_at` (the code was typed back) until `retired_at`, and still opens what was not moved to the next
    one until `discarded_at`. `rotation_due_at` says since when it is known to somebody who may not open any more.
    """

    __tablename__ = "organisation_key"
    __table_args__ = (UniqueConstraint("organisation_id", "generation"),)

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    generation: Mapped[int]  # from 1
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    ready_at: Mapped[datetime | None]
    rotation_due_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    discarded_at: Mapped[datetime | None]
    recovery_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    recovery_salt: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    recovery_operations: Mapped[int | None]
    recovery_memory_bytes: Mapped[int | None]


class KeyGrant(Identified, Base):
    """An organisation's private key, sealed to the public key of one member who may open."""

    __tablename__ = "key_grant"
    __table_args__ = (UniqueConstraint("organisation_key_id", "user_id"),)

    organisation_key_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation_key.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    sealed_private: Mapped[bytes] = mapped_column(LargeBinary)
    granted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    granted_at: Mapped[datetime] = mapped_column(default=utcnow)


class ReportKey(Identified, Base):
    """The key pair of one report, to which a worker seals what the report holds once it has been understood.

    `returned_private` is the private half sealed to the workers again, by a member who may open, for as long as
    `returned_until`: so that the machine can read the report once more.
    """

    __tablename__ = "report_key"

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id"), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    returned_private: Mapped[bytes | None] = mapped_column(LargeBinary)
    returned_until: Mapped[datetime | None]
    returned_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))


class ReportKeyShare(Identified, Base):
    """A report's private key, sealed to the public key of one organisation. Without any, nobody can open it again."""

    __tablename__ = "report_key_share"
    __table_args__ = (UniqueConstraint("report_key_id", "organisation_key_id"),)

    report_key_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report_key.id"))
    organisation_key_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation_key.id"), index=True)
    sealed_private: Mapped[bytes] = mapped_column(LargeBinary)
    shared_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    shared_at: Mapped[datetime] = mapped_column(default=utcnow)
