"""A person's sessions as they see them: which are open, and ending them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app import audit
from app.accounts import devices
from app.audit import Action
from app.clock import utcnow
from app.models import User, UserSession

KEPT = timedelta(days=90)  # how long a session that was last used then stays in the table


@dataclass(frozen=True, slots=True)
class Limits:
    """For how long a session goes on: without anybody there, and at all."""

    idle: timedelta
    whole: timedelta


def open_sessions(session: Session, user: User, limits: Limits) -> Sequence[UserSession]:
    """A person's sessions that go on, the one last used first."""
    now = utcnow()
    going_on = select(UserSession).where(
        UserSession.user_id == user.id,
        UserSession.ended_at.is_(None),
        UserSession.seen_at > now - limits.idle,
        UserSession.started_at > now - limits.whole,
    )
    return session.scalars(going_on.order_by(UserSession.seen_at.desc(), UserSession.id)).all()


def end_one(session: Session, user: User, listed: uuid.UUID, *, actor: str) -> bool:
    """End one session of a person; False when it isn't theirs or has ended."""
    return _end(session, user, actor, only=listed) > 0


def end_all(session: Session, user: User, *, actor: str, but: uuid.UUID | None = None) -> int:
    """End all sessions of a person, `but` one if it is given; how many there were."""
    return _end(session, user, actor, but=but)


def disown(session: Session, user: User, *, but: uuid.UUID | None) -> None:
    """ "This wasn't me": end every other session, know no other device, and ask for a new password before all else.

    Until it is set, nobody gets in with the present one from a device that isn't known.
    """
    end_all(session, user, actor=f"user:{user.id}", but=but)
    devices.forget_others(session, user)
    user.must_change_password = True
    audit.record(session, Action.DEVICE_DISOWNED, f"user:{user.id}", actor=f"user:{user.id}")


def forget_old(session: Session, user: User, now: datetime) -> None:
    """Delete what is listed of a person's sessions that were last used three months ago."""
    mine = delete(UserSession).where(UserSession.user_id == user.id)
    session.execute(mine.where(UserSession.seen_at < now - KEPT))


def _end(
    session: Session, user: User, actor: str, *, only: uuid.UUID | None = None, but: uuid.UUID | None = None
) -> int:
    ending = update(UserSession).where(UserSession.user_id == user.id, UserSession.ended_at.is_(None))
    if only is not None:
        ending = ending.where(UserSession.id == only)
    if but is not None:
        ending = ending.where(UserSession.id != but)
    ended = session.scalars(ending.values(ended_at=utcnow()).returning(UserSession.id)).all()
    if ended:
        detail = {"count": len(ended)}
        audit.record(session, Action.SESSION_ENDED, f"user:{user.id}", actor=actor, detail=detail)
    return len(ended)
