"""Opening one sealed thing for one person: opened with the intake key, sealed anew to that person's browser.

Whatever has changed since it was asked for is looked at again: the time, the person, the report. What has been given
away to its organisations meanwhile is left to the person's own key.
"""

from __future__ import annotations

import uuid

import structlog
from sqlalchemy.orm import Session

from app.casework.errors import CaseworkError
from app.clock import utcnow
from app.database import transaction
from app.models import Opening, User
from app.openings.answers import seal_answer
from app.openings.reading import answer_from
from app.openings.sealed import Sealed, is_given_away, sealed_of
from app.openings.service import mark_opened
from app.openings.subjects import Wanted, case_of, wanted_of
from workers.opening import CannotOpen, open_sealed
from workers.processing import Keys

logger = structlog.get_logger()


def answer_opening(keys: Keys, opening_id: uuid.UUID) -> None:
    """Answer one opening. One that is over, answered, or no longer allowed gets nothing; a second run does nothing."""
    with transaction() as session:
        opening = session.get(Opening, opening_id)
        if opening is None or not _is_due(opening):
            return
        wanted, public_key = wanted_of(opening), opening.public_key
        sealed = _sealed(session, opening, wanted)
        if sealed is not None and is_given_away(session, sealed):
            mark_opened(session, opening, actor="worker")
            return
    if sealed is None:
        _keep(opening_id, None, "gone")
        return
    try:
        _keep(opening_id, _answer(keys, wanted, sealed, public_key))
    except (CannotOpen, KeyError, ValueError):
        _keep(opening_id, None, "unreadable")


def _is_due(opening: Opening) -> bool:
    return opening.answered_at is None and opening.expires_at > utcnow()


def _sealed(session: Session, opening: Opening, wanted: Wanted) -> Sealed | None:
    """What is to be opened, if the person may still have it."""
    user = session.get(User, opening.user_id)
    if user is None or not user.is_active or not user.organisation.is_active:
        return None
    try:
        case_of(session, user, wanted)
    except CaseworkError:
        return None
    return sealed_of(session, wanted)


def _answer(keys: Keys, wanted: Wanted, sealed: Sealed, public_key: bytes) -> bytes:
    opened = open_sealed(keys.workers, sealed.value)
    answer = answer_from(wanted.subject, opened, content_type=sealed.content_type, part=wanted.part)
    return seal_answer(answer, public_key)


def _keep(opening_id: uuid.UUID, answer: bytes | None, failure: str = "") -> None:
    with transaction() as session:
        opening = session.get_one(Opening, opening_id)
        if not _is_due(opening):
            return
        opening.sealed_answer = answer
        mark_opened(session, opening, actor="worker", failure=failure)
    if failure:
        logger.warning("opening_failed", error=failure)
