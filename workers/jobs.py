"""What the queue may ask for. Each job takes the id of one piece of owed work, claims it, and does it once."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlalchemy import or_, update

from app.clock import utcnow
from app.database import db, transaction
from app.models import OwedWork
from app.queue import JobName, connection, enqueue, owed
from workers import outbox, processing, unmasking
from workers.learning.retraining import retrain
from workers.runtime import keys, worker_app

logger = structlog.get_logger()

CLAIM = timedelta(minutes=5)
MOST_ATTEMPTS = 6
FIRST_DELAY_SECONDS = 30
RE_ENQUEUE_AFTER = timedelta(minutes=2)


def process_report(work_id: str) -> None:
    """Understand one report."""
    _perform(work_id, lambda subject: processing.process_report(keys(), subject))


def process_answer(work_id: str) -> None:
    """Understand one answer from the receipt page."""
    _perform(work_id, lambda subject: processing.process_answer(keys(), subject))


def send_message(work_id: str) -> None:
    """Send one message to a reporter's phone."""
    _perform(work_id, lambda subject: outbox.send_message(keys(), subject))


def unmask_words(work_id: str) -> None:
    """Put back the words of one mask that a person said is wrong."""
    _perform(work_id, lambda subject: unmasking.unmask(keys(), subject))


def enqueue_owed_work() -> None:
    """The sweep: put into the queue what is owed and nobody is doing."""
    with worker_app().app_context():
        client = connection(keys().settings.redis_url)
        with transaction() as session:
            now = utcnow()
            due = owed(session, now)
            for work in due:
                work.available_at = now + RE_ENQUEUE_AFTER
            found = [(JobName(work.job), work.id) for work in due]
        for job, work_id in found:
            enqueue(client, job, work_id)
        if found:
            logger.info("owed_work_enqueued", count=len(found))


def retrain_triage() -> None:
    """Learn a model for violations from decided cases, and promote it if it is better."""
    with worker_app().app_context():
        try:
            retrain(actor="worker")
        except Exception as error:  # noqa: BLE001 - the class is told; the traceback may hold what people wrote
            logger.error("retraining_failed", error=type(error).__name__)  # noqa: TRY400
            raise JobFailed(type(error).__name__) from None
        finally:
            db.session.remove()


def _perform(work_id: str, do: Callable[[uuid.UUID], None]) -> None:
    """Claim, do, mark. Work that somebody else has, or that is done, is left alone."""
    with worker_app().app_context():
        identifier = uuid.UUID(work_id)
        subject = claim(identifier)
        if subject is None:
            return
        try:
            do(subject)
        except Exception as error:  # noqa: BLE001 - whatever it was, the work stays owed
            _put_back(identifier, type(error).__name__)
            raise JobFailed(
                type(error).__name__
            ) from None  # the queue keeps tracebacks; ours must hold no data
        finally:
            db.session.remove()
        _mark_done(identifier)


class JobFailed(RuntimeError):
    """A job failed; the message is the class of what went wrong."""


def claim(work_id: uuid.UUID) -> uuid.UUID | None:
    """Take a piece of work for five minutes; its subject's id, or None if it is done or somebody's."""
    now = utcnow()
    with transaction() as session:
        subject: uuid.UUID | None = session.scalar(
            update(OwedWork)
            .where(OwedWork.id == work_id, OwedWork.done_at.is_(None))
            .where(or_(OwedWork.claimed_until.is_(None), OwedWork.claimed_until < now))
            .values(claimed_until=now + CLAIM, attempts=OwedWork.attempts + 1)
            .returning(OwedWork.subject_id)
        )
        return subject


def _mark_done(work_id: uuid.UUID) -> None:
    with transaction() as session:
        work = session.get_one(OwedWork, work_id)
        work.done_at, work.claimed_until, work.failure = utcnow(), None, None


def _put_back(work_id: uuid.UUID, failure: str) -> None:
    """Owe it again after a growing pause; after too many attempts hourly, and `seere doctor` tells."""
    db.session.rollback()
    with transaction() as session:
        work = session.get_one(OwedWork, work_id)
        pause = FIRST_DELAY_SECONDS * 2 ** min(work.attempts, MOST_ATTEMPTS)
        work.claimed_until, work.failure = None, failure
        work.available_at = utcnow() + timedelta(seconds=pause)
    logger.error("job_failed", work_id=str(work_id), error=failure)
