"""How people get in: invitations, second factors, the sessions and devices they use, and other services' sign-in.

No secret is here in the clear: links, recovery codes and devices as keyed digests, the rest sealed to the server.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clock import utcnow
from app.database import Base, Identified
from app.models.organisation import Organisation, User


class LinkPurpose(StrEnum):
    """What a single-use link is for."""

    INVITATION = "invitation"
    RESET = "reset"
    RESET_ALL = "reset_all"  # the second factors too


class AccountLink(Identified, Base):
    """A link that works once: to make the account it describes, or to give `user_id` a new password.

    The link itself is sealed to the workers until it was mailed; nobody can read it from here.
    """

    __tablename__ = "account_link"

    purpose: Mapped[str] = mapped_column(String(12))
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    display_name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    sealed_link: Mapped[bytes | None] = mapped_column(LargeBinary)

    organisation: Mapped[Organisation] = relationship(lazy="joined")
    made_by: Mapped[User] = relationship(foreign_keys=[made_by_id])


class AppSecret(Base):
    """The secret that a person's authenticator app shares with the server, sealed under a key of the server's own.

    `last_step` is the thirty seconds of the last code that was taken: none is taken twice.
    """

    __tablename__ = "app_secret"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    last_step: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class Passkey(Identified, Base):
    """The public half of a key that a person's phone, computer or security key holds."""

    __tablename__ = "passkey"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int]
    transports: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    last_used_at: Mapped[datetime | None]


class RecoveryCode(Identified, Base):
    """One of a person's codes for when the other factors are lost: a keyed digest, good once."""

    __tablename__ = "recovery_code"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    used_at: Mapped[datetime | None]


class UserSession(Identified, Base):
    """One sign-in, as its owner sees it in their list: on what, since when, and when it was last used."""

    __tablename__ = "user_session"
    __table_args__ = (Index("ix_user_session_user_id_ended_at", "user_id", "ended_at"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    device: Mapped[str] = mapped_column(String(40), default="")  # codes of app/accounts/devices.toml
    started_at: Mapped[datetime] = mapped_column(default=utcnow)
    seen_at: Mapped[datetime] = mapped_column(default=utcnow)
    ended_at: Mapped[datetime | None] = mapped_column(index=True)


class KnownDevice(Identified, Base):
    """A browser from which a person signed in: a keyed digest of its cookie together with their address."""

    __tablename__ = "known_device"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    first_seen_at: Mapped[datetime] = mapped_column(default=utcnow)
    last_seen_at: Mapped[datetime] = mapped_column(default=utcnow)


class SignInService(Identified, Base):
    """An OpenID Connect service by which an organisation's people may sign in; its secret is sealed to the server."""

    __tablename__ = "sign_in_service"

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), unique=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    issuer: Mapped[str] = mapped_column(String(300))
    client_id: Mapped[str] = mapped_column(String(200))
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    email_domain: Mapped[str] = mapped_column(String(180))
    is_enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    organisation: Mapped[Organisation] = relationship(lazy="joined")


class ServiceIdentity(Identified, Base):
    """Who a person is at their organisation's service: bound at the first sign-in, whatever the address says later."""

    __tablename__ = "service_identity"
    __table_args__ = (UniqueConstraint("service_id", "subject"),)

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sign_in_service.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), unique=True)
    subject: Mapped[str] = mapped_column(String(255))
    bound_at: Mapped[datetime] = mapped_column(default=utcnow)
