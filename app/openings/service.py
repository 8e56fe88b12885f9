"""Asking to open something, and forgetting the answer. The answer itself is a worker's (workers/openings.py)."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.casework import history
from app.casework.errors import NOT_FOUND, CaseworkError
from app.casework.history import EventKind
from app.clock import utcnow
from app.models import Case, Opening, User
from app.openings.subjects import Wanted, case_of
from app.queue import JobName, owe

OPEN_FOR = timedelta(minutes=10)
SHORTEST_REASON, LONGEST_REASON = 10, 300


def ask(session: Session, user: User, wanted: Wanted, *, reason: str, public_key: bytes) -> Opening:
    """Ask a worker to open one thing for the holder of the key's private half; on record with its reason.

    Raises CaseworkError: `forbidden`, `not_found`, `withdrawn`, `reason_short`, `reason_long`.
    """
    case = case_of(session, user, wanted)
    now = utcnow()
    opening = Opening(
        id=uuid.uuid4(),
        user_id=user.id,
        case_id=case.id if case else None,
        subject=wanted.subject,
        subject_id=wanted.subject_id,
        reason=_checked(reason),
        public_key=public_key,
        asked_at=now,
        expires_at=now + OPEN_FOR,
    )
    session.add(opening)
    session.flush()
    _note(session, user, case, opening)
    owe(session, JobName.ANSWER_OPENING, opening.id)
    return opening


def _checked(reason: str) -> str:
    given = reason.strip()
    if len(given) < SHORTEST_REASON:
        raise CaseworkError("reason_short")
    if len(given) > LONGEST_REASON:
        raise CaseworkError("reason_long")
    return given


def _note(session: Session, user: User, case: Case | None, opening: Opening) -> None:
    """The case's history holds the reason; the chain only what was opened."""
    detail = {
        "opening": str(opening.id),
        "subject": str(opening.subject),
        "subject_id": str(opening.subject_id),
    }
    if case is not None:
        history.write(session, user, case, EventKind.OPENING_ASKED, detail=detail, reason=opening.reason)
    else:
        audit.record(
            session, Action.OPENING_ASKED, f"opening:{opening.id}", actor=f"user:{user.id}", detail=detail
        )


def opening_of(session: Session, user: User, opening_id: uuid.UUID) -> Opening:
    """An opening, for the person who asked for it and nobody else. Raises CaseworkError("not_found")."""
    opening = session.scalar(select(Opening).where(Opening.id == opening_id, Opening.user_id == user.id))
    if opening is None:
        raise CaseworkError(NOT_FOUND)
    return opening


def erase_expired(session: Session, now: datetime) -> int:
    """Erase every answer whose time is over; how many there were. The record that it was asked for stays."""
    erased = session.execute(
        update(Opening)
        .where(Opening.expires_at <= now, Opening.sealed_answer.is_not(None))
        .values(sealed_answer=None)
    )
    return erased.rowcount if isinstance(erased, CursorResult) else 0
