"""Waiting for the workers, by the rows that say what is owed."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Collection

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.database import transaction
from app.models import DeliveryState, Message, OwedWork
from app.queue import JobName

PAUSE_SECONDS = 0.5
HOPELESS_ATTEMPTS = 2
TO_BE_SENT = (DeliveryState.QUEUED, DeliveryState.SENDING)


def wait_for(
    subjects: Collection[uuid.UUID], job: JobName, patience_seconds: float, tell: Callable[[int], None]
) -> int:
    """How many of a job's subjects are still owed once all are done, or nothing moved for that long.

    Work that failed more than once isn't waited for. `tell` hears how many are done.
    """
    return _wait(
        len(subjects), lambda session: len(_unsettled(session, subjects, job)), patience_seconds, tell
    )


def wait_for_sending(messages: Collection[uuid.UUID], patience_seconds: float) -> int:
    """How many texts to phones are still to be sent once all were tried, or nothing moved for that long."""
    return _wait(len(messages), lambda session: _unsent(session, messages), patience_seconds, _say_nothing)


def _wait(
    total: int, count_left: Callable[[Session], int], patience_seconds: float, tell: Callable[[int], None]
) -> int:
    deadline, best = time.monotonic() + patience_seconds, -1
    while True:
        with transaction() as session:
            left = count_left(session)
        if total - left > best:
            best, deadline = total - left, time.monotonic() + patience_seconds
            tell(best)
        if left == 0 or time.monotonic() >= deadline:
            return left
        time.sleep(PAUSE_SECONDS)


def _unsent(session: Session, messages: Collection[uuid.UUID]) -> int:
    statement = select(func.count()).where(Message.id.in_(list(messages)), Message.state.in_(TO_BE_SENT))
    return session.scalar(statement) or 0


def _say_nothing(_done: int) -> None:
    """Nobody needs to hear about the last few seconds."""


def _unsettled(session: Session, subjects: Collection[uuid.UUID], job: JobName) -> list[uuid.UUID]:
    hopeful = or_(OwedWork.failure.is_(None), OwedWork.attempts < HOPELESS_ATTEMPTS)
    owed = select(OwedWork.subject_id).where(OwedWork.job == job, OwedWork.done_at.is_(None), hopeful)
    return list(session.scalars(owed.where(OwedWork.subject_id.in_(list(subjects)))))
