"""Single-use links: made, found by their token, used once. The token is in the link and nowhere else in the clear."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts import server_box
from app.clock import utcnow
from app.current import current_settings
from app.models import AccountLink, LinkPurpose, Organisation, User
from app.queue import JobName, owe
from app.sealing import seal

LASTS = timedelta(hours=72)
_TOKEN_BYTES = 32
_LONGEST_TOKEN = 64


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A fresh link, to be shown once."""

    link: AccountLink
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Invited:
    """Who is to be invited."""

    email: str
    display_name: str
    role: str
    organisation: Organisation


def make(
    session: Session, maker: User, invited: Invited, purpose: LinkPurpose, user_id: uuid.UUID | None = None
) -> MadeLink:
    """A link for 72 hours; earlier ones for the same address are withdrawn."""
    withdraw_all(session, invited.email)
    token, now = secrets.token_urlsafe(_TOKEN_BYTES), utcnow()
    link = AccountLink(
        id=uuid.uuid4(),
        purpose=purpose,
        token_digest=_digest(token),
        organisation_id=invited.organisation.id,
        email=invited.email,
        display_name=invited.display_name,
        role=invited.role,
        user_id=user_id,
        made_by_id=maker.id,
        created_at=now,
        expires_at=now + LASTS,
        sealed_link=_sealed(token) if purpose == LinkPurpose.INVITATION else None,
    )
    session.add(link)
    session.flush()
    if link.sealed_link is not None:
        owe(session, JobName.MAIL_INVITATION, link.id)
    return MadeLink(link, token)


def found(session: Session, token: str) -> AccountLink | None:
    """The link with this token, if it can still be used."""
    wanted = select(AccountLink).where(AccountLink.token_digest == _digest(token[:_LONGEST_TOKEN]))
    link = session.scalar(wanted.execution_options(populate_existing=True))
    return link if link is not None and is_open(link, utcnow()) else None


def is_open(link: AccountLink, now: datetime) -> bool:
    """Whether a link can be used: not used, not withdrawn, not too old, for an organisation that is there."""
    is_fresh = link.used_at is None and link.withdrawn_at is None and link.expires_at > now
    return is_fresh and link.organisation.is_active


def use(session: Session, link: AccountLink) -> bool:
    """Use a link up; False when somebody was quicker."""
    unused = update(AccountLink).where(
        AccountLink.id == link.id, AccountLink.used_at.is_(None), AccountLink.withdrawn_at.is_(None)
    )
    used = unused.values(used_at=utcnow(), sealed_link=None).returning(AccountLink.id)
    return session.scalar(used) is not None


def withdraw_all(session: Session, email: str) -> None:
    """Withdraw every open link for an address."""
    _withdraw(session, AccountLink.email == email)


def withdraw_made_by(session: Session, user: User) -> None:
    """Withdraw every open link that a person made: who left invites nobody any more."""
    _withdraw(session, AccountLink.made_by_id == user.id)


def _withdraw(session: Session, which: object) -> None:
    still_open = update(AccountLink).where(AccountLink.used_at.is_(None), AccountLink.withdrawn_at.is_(None))
    session.execute(still_open.where(which).values(withdrawn_at=utcnow(), sealed_link=None))  # type: ignore[arg-type]


def _digest(token: str) -> bytes:
    return server_box.digest("link", token)


def _sealed(token: str) -> bytes | None:
    """The token for the workers alone, which mail it; nothing where no mail is sent.

    A link for a new password is never mailed: whoever reads the mailbox would have the account.
    """
    settings = current_settings()
    return seal({"token": token}, settings.intake_public_key) if settings.mail_sender else None
