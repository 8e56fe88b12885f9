"""Asking to open something, and forgetting the answer.

The answer itself is a worker's (workers/openings.py), or that of the person's own key (own_keys.py).
"""

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
from app.models import Case, Opening, OpeningSubject, User
from app.openings.amounts import check_rate, tell_of_unusual
from app.openings.sealed import is_given_away, own_ring, sealed_of
from app.openings.subjects import Wanted, case_of
from app.queue import JobName, owe
from app.safe.errors import SafeError

OPEN_FOR = timedelta(minutes=10)
SHORTEST_REASON, LONGEST_REASON = 10, 300
SHORTEST_FOR_ORIGINAL = 30  # an original holds whatever the copy left out


def ask(session: Session, user: User, wanted: Wanted, *, reason: str, public_key: bytes) -> Opening:
    """Ask a worker to open one thing for the holder of the key's private half; on record with its reason.

    What only the person's own organisation can open, their own key opens instead (own_keys.py).
    Raises CaseworkError: `forbidden`, `not_found`, `withdrawn`, `reason_short`, `reason_original`, `reason_long`,
    `openings_many`, and what the safe has against it (`safe_locked`, `factor_missing`, `not_granted`, `not_shared`,
    `unreadable`).
    """
    case = case_of(session, user, wanted)
    is_here = _opens_here(session, wanted)
    check_rate(session, user)
    now = utcnow()
    opening = Opening(
        id=uuid.uuid4(),
        user_id=user.id,
        case_id=case.id if case else None,
        subject=wanted.subject,
        subject_id=wanted.subject_id,
        part=wanted.part,
        reason=_checked(reason, wanted.subject),
        public_key=public_key,
        asked_at=now,
        expires_at=now + OPEN_FOR,
    )
    session.add(opening)
    session.flush()
    _note(session, user, case, opening)
    if is_here:
        mark_opened(session, opening, actor=f"user:{user.id}")
    else:
        owe(session, JobName.ANSWER_OPENING, opening.id)
    tell_of_unusual(session, user)
    return opening


def _opens_here(session: Session, wanted: Wanted) -> bool:
    """Whether the person's own key opens it; raises CaseworkError where theirs is the only way and can't."""
    found = sealed_of(session, wanted)
    if found is None and wanted.subject is OpeningSubject.ORIGINAL:
        raise CaseworkError(NOT_FOUND)
    if found is None or not is_given_away(session, found):
        return False
    try:
        own_ring(session, found)
    except SafeError as error:
        raise CaseworkError(error.code) from error
    return True


def mark_opened(session: Session, opening: Opening, *, actor: str, failure: str = "") -> None:
    """Say that it was opened, or why it can't be (a code). Without a sealed answer the person's own key opens it."""
    opening.answered_at, opening.failure = utcnow(), failure or None
    detail = {"subject": str(opening.subject), "failure": failure}
    audit.record(session, Action.OPENING_ANSWERED, f"opening:{opening.id}", actor=actor, detail=detail)


def note_saved(session: Session, user: User, opening: Opening) -> None:
    """A file was handed out to be saved: that is on record too."""
    detail = {"subject": str(opening.subject), "subject_id": str(opening.subject_id)}
    audit.record(
        session, Action.OPENING_SAVED, f"opening:{opening.id}", actor=f"user:{user.id}", detail=detail
    )


def _checked(reason: str, subject: OpeningSubject) -> str:
    given = reason.strip()
    if len(given) < SHORTEST_REASON:
        raise CaseworkError("reason_short")
    if subject is OpeningSubject.ORIGINAL and len(given) < SHORTEST_FOR_ORIGINAL:
        raise CaseworkError("reason_original")
    if len(given) > LONGEST_REASON:
        raise CaseworkError("reason_long")
    return given


def _note(session: Session, user: User, case: Case | None, opening: Opening) -> None:
    """The case's history holds the reason; the chain only what was opened."""
    detail = {
        "opening": str(opening.id),
        "subject": str(opening.subject),
        "subject_id": str(opening.subject_id),
        **({"token": opening.part} if opening.part else {}),
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
