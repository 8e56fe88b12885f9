"""The one door to the workers: job names, their queues, and the row that says work is owed.

Jobs carry one id, as JSON, and nothing else. A job that Valkey never got is enqueued by the sweep, because the
row was written in the transaction that made the work necessary.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

import redis
from flask import current_app
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.database import after_commit
from app.models import Arrival, OwedWork

QUEUES = ("urgent", "reports", "upkeep")
SWEEP_GRACE = timedelta(seconds=20)  # what was just accepted has its own enqueueing under way
JOB_TIMEOUT_SECONDS = 120
FAILURE_KEPT_SECONDS = 24 * 3600


class JobName(StrEnum):
    """The functions under workers/ that may be asked for; a test checks that each exists."""

    PROCESS_REPORT = "workers.jobs.process_report"
    PROCESS_ANSWER = "workers.jobs.process_answer"
    TAKE_IN_ARRIVAL = "workers.jobs.take_in_arrival"
    SEND_DUE_MESSAGES = "workers.jobs.send_due_messages"
    FETCH_ATTACHMENT = "workers.jobs.fetch_attachment"
    ANSWER_OPENING = "workers.jobs.answer_opening"
    CHECK_GATEWAYS = "workers.jobs.check_gateways"
    RECONCILE_GATEWAYS = "workers.jobs.reconcile_gateways"
    UNMASK_WORDS = "workers.jobs.unmask_words"
    ENQUEUE_OWED_WORK = "workers.jobs.enqueue_owed_work"
    RETRAIN_TRIAGE = "workers.jobs.retrain_triage"


QUEUE_OF = {
    JobName.PROCESS_REPORT: "reports",
    JobName.PROCESS_ANSWER: "reports",
    JobName.TAKE_IN_ARRIVAL: "urgent",
    JobName.SEND_DUE_MESSAGES: "urgent",
    JobName.ANSWER_OPENING: "urgent",
    JobName.FETCH_ATTACHMENT: "reports",
    JobName.CHECK_GATEWAYS: "upkeep",
    JobName.RECONCILE_GATEWAYS: "upkeep",
    JobName.UNMASK_WORDS: "urgent",
    JobName.ENQUEUE_OWED_WORK: "upkeep",
    JobName.RETRAIN_TRIAGE: "upkeep",
}


@cache
def connection(redis_url: str) -> redis.Redis:
    """One client a process and address, that gives up quickly: the intake must not wait for the queue."""
    return redis.Redis.from_url(redis_url, socket_connect_timeout=1, socket_timeout=5)


def queue(name: str, client: redis.Redis) -> Queue:
    """A queue that speaks JSON. Workers must use the same serializer."""
    return Queue(name, connection=client, serializer=JSONSerializer)


def owe(session: Session, job: JobName, subject_id: uuid.UUID) -> OwedWork:
    """Write down that a job is owed; once that is committed, put it in the queue."""
    now = utcnow()
    work = OwedWork(
        id=uuid.uuid4(), job=job, subject_id=subject_id, created_at=now, available_at=now + SWEEP_GRACE
    )
    session.add(work)
    enqueue_after_commit(session, job, work.id)
    return work


def owe_sending(session: Session) -> None:
    """Have due messages sent once this transaction is durable. The messages themselves are the work owed."""
    enqueue_after_commit(session, JobName.SEND_DUE_MESSAGES)


def enqueue_after_commit(session: Session, job: JobName, work_id: uuid.UUID | None = None) -> None:
    """Put a job into the queue once what made it necessary is durable; what fails here is found by the sweep."""
    redis_url = current_app.extensions["seere_settings"].redis_url
    after_commit(session, lambda: enqueue(connection(redis_url), job, work_id))


def enqueue(client: redis.Redis, job: JobName, work_id: uuid.UUID | None = None) -> None:
    """Ask a worker to do one piece of owed work. RQ's description is emptied: it would repeat the arguments."""
    queue(QUEUE_OF[job], client).enqueue_call(
        str(job),
        args=(str(work_id),) if work_id else (),
        description=str(job),
        timeout=JOB_TIMEOUT_SECONDS,
        result_ttl=0,
        failure_ttl=FAILURE_KEPT_SECONDS,
    )


def owed(session: Session, now: datetime, limit: int = 500) -> list[OwedWork]:
    """Work that nobody is doing and that is due, oldest first."""
    return list(session.scalars(_due(OwedWork, now, limit)))


def waiting_arrivals(session: Session, now: datetime, limit: int = 500) -> list[Arrival]:
    """Arrivals that nobody is taking in and that are due, oldest first."""
    return list(session.scalars(_due(Arrival, now, limit)))


def _due(kind: Any, now: datetime, limit: int) -> Any:
    return (
        select(kind)
        .where(kind.done_at.is_(None), kind.available_at <= now)
        .where(kind.claimed_until.is_(None) | (kind.claimed_until < now))
        .order_by(kind.available_at)
        .limit(limit)
    )


def is_reachable(client: redis.Redis) -> bool:
    """Whether the queue's server answers."""
    try:
        return bool(client.ping())
    except RedisError:
        return False
