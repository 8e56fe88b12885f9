"""Recovery codes: ten, for a day on which phone and key are lost. Printed once, each good once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.accounts import server_box
from app.models import RecoveryCode, User
from app.receipts import new_code, normalise

HOW_MANY = 10
_PURPOSE = "recovery-code"


def renew(session: Session, user: User, now: datetime) -> Sequence[str]:
    """Ten new codes of sixty bits, in their written form, in place of all that were left. Shown once."""
    remove(session, user)
    codes = [new_code() for _ in range(HOW_MANY)]
    session.add_all(
        RecoveryCode(user_id=user.id, digest=_digest(user, code), created_at=now) for code in codes
    )
    session.flush()
    return codes


def left(session: Session, user: User) -> int:
    """How many of a person's codes are unused."""
    unused = select(func.count()).where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
    return session.scalar(unused) or 0


def use(session: Session, user: User, typed: str, now: datetime) -> bool:
    """Whether this is one of the person's unused codes; it is used then. Two at once settle who was first."""
    if normalise(typed) is None:
        return False
    mine = (
        RecoveryCode.user_id == user.id,
        RecoveryCode.digest == _digest(user, typed),
        RecoveryCode.used_at.is_(None),
    )
    used = update(RecoveryCode).where(*mine).values(used_at=now).returning(RecoveryCode.id)
    return session.scalar(used) is not None


def remove(session: Session, user: User) -> None:
    """Forget all codes of a person."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def _digest(user: User, code: str) -> bytes:
    return server_box.digest(_PURPOSE, f"{user.id}:{normalise(code)}")
