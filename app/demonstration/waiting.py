"""Waiting for the workers, by the rows that say what is owed."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.database import transaction
from app.models import OwedWork
from app.queue import JobName

PAUSE_SECONDS = 0.5
HOPELESS_ATTEMPTS = 2


def wait_for(
    subjects: Collection[uuid.UUID], job: JobName, patience_seconds: float, tell: Callable[[int], None]
) -> int:
    """How many of a job's subjects are still owed once all are done, or nothing moved for that long.

    Work that failed more than once isn't waited for. `tell` hears how many are done.
    """
    deadline, best = time.monotonic() + patience_seconds, -1
    while True:
        with transaction() as session:
            left = len(_unsettled(session, subjects, job))
        done = len(subjects) - left
        if done > best:
            best, deadline = done, time.monotonic() + patience_seconds
            tell(done)
        if left == 0 or time.monotonic() >= deadline:
            return left
        time.sleep(PAUSE_SECONDS)


def _unsettled(session: Session, subjects: Collection[uuid.UUID], job: JobName) -> list[uuid.UUID]:
    hopeful = or_(OwedWork.failure.is_(None), OwedWork.attempts < HOPELESS_ATTEMPTS)
    owed = select(OwedWork.subject_id).where(OwedWork.job == job, OwedWork.done_at.is_(None), hopeful)
    return list(session.scalars(owed.where(OwedWork.subject_id.in_(list(subjects)))))
