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
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.database import after_commit
from app.models import Arrival, Draft, OwedWork

FILES = "files"  # minutes of work at a time: at least one worker should leave it to the others
QUEUES = ("urgent", "reports", "upkeep", FILES)
SWEEP_GRACE = timedelta(seconds=20)  # what was just accepted has its own enqueueing under way
PUT_OFF = timedelta(minutes=2)  # what a sweep enqueued, the next ones leave alone
JOB_TIMEOUT_SECONDS = 120
LONG_JOB_TIMEOUT_SECONDS = 900
FAILURE_KEPT_SECONDS = 24 * 3600


class JobName(StrEnum):
    """The functions under workers/ that may be asked for; a test checks that each exists."""

    PROCESS_REPORT = "workers.jobs.process_report"
    PROCESS_ANSWER = "workers.jobs.process_answer"
    TAKE_IN_ARRIVAL = "workers.jobs.take_in_arrival"
    SEND_DUE_MESSAGES = "workers.jobs.send_due_messages"
    FETCH_ATTACHMENT = "workers.jobs.fetch_attachment"
    ANSWER_OPENING = "workers.jobs.answer_opening"
    RESEAL_REPORT = "workers.jobs.reseal_report"
    RESEAL_BACKLOG = "workers.jobs.reseal_backlog"
    OVERWRITE_FORGOTTEN_WORDS = "workers.jobs.overwrite_forgotten_words"
    CHECK_GATEWAYS = "workers.jobs.check_gateways"
    REMIND_AND_ESCALATE = "workers.jobs.remind_and_escalate"
    RECONCILE_GATEWAYS = "workers.jobs.reconcile_gateways"
    UNMASK_WORDS = "workers.jobs.unmask_words"
    ENQUEUE_OWED_WORK = "workers.jobs.enqueue_owed_work"
    RETRAIN_TRIAGE = "workers.jobs.retrain_triage"
    EXAMINE_ATTACHMENT = "workers.jobs.examine_attachment"
    REMAKE_COPY = "workers.jobs.remake_copy"
    READ_IMPORT = "workers.jobs.read_import"
    READ_QUESTIONNAIRE = "workers.jobs.read_questionnaire"
    PREVIEW_RULE = "workers.jobs.preview_rule"
    SEND_NOTICES = "workers.jobs.send_notices"
    SEND_WEBHOOKS = "workers.jobs.send_webhooks"
    CHECK_MAIL_KEY = "workers.jobs.check_mail_key"
    PREPARE_NOTICE_PHONE = "workers.jobs.prepare_notice_phone"
    MAIL_INVITATION = "workers.jobs.mail_invitation"
    SIGN_AUDIT_HEAD = "workers.jobs.sign_audit_head"
    KEEP_RETENTION = "workers.jobs.keep_retention"
    REFRESH_FIGURES = "workers.jobs.refresh_figures"
    MAKE_EXPORT = "workers.jobs.make_export"
    PREPARE_RELEASE_TEXT = "workers.jobs.prepare_release_text"
    PREPARE_RELEASE_TEXTS = "workers.jobs.prepare_release_texts"
    PREVIEW_EXPORT = "workers.jobs.preview_export"
    TIDY_EXPORTS = "workers.jobs.tidy_exports"
    MAKE_DUE_EXPORTS = "workers.jobs.make_due_exports"
    DELIVER_EXPORTS = "workers.jobs.deliver_exports"
    CHECK_DELIVERY_TARGET = "workers.jobs.check_delivery_target"
    COUNT_PUBLICATION = "workers.jobs.count_publication"
    PROPOSE_PUBLICATION = "workers.jobs.propose_publication"
    CHECK_RECIPIENT_KEY = "workers.jobs.check_recipient_key"
    MAKE_JUDICIAL_FILE = "workers.jobs.make_judicial_file"
    TIDY_JUDICIAL_FILES = "workers.jobs.tidy_judicial_files"


QUEUE_OF = {
    JobName.PROCESS_REPORT: "reports",
    JobName.PROCESS_ANSWER: "reports",
    JobName.TAKE_IN_ARRIVAL: "urgent",
    JobName.SEND_DUE_MESSAGES: "urgent",
    JobName.ANSWER_OPENING: "urgent",
    JobName.RESEAL_REPORT: FILES,
    JobName.RESEAL_BACKLOG: "upkeep",
    JobName.OVERWRITE_FORGOTTEN_WORDS: "upkeep",
    JobName.FETCH_ATTACHMENT: "reports",
    JobName.CHECK_GATEWAYS: "upkeep",
    JobName.REMIND_AND_ESCALATE: "upkeep",
    JobName.RECONCILE_GATEWAYS: "upkeep",
    JobName.UNMASK_WORDS: "urgent",
    JobName.ENQUEUE_OWED_WORK: "upkeep",
    JobName.RETRAIN_TRIAGE: "upkeep",
    JobName.EXAMINE_ATTACHMENT: FILES,
    JobName.REMAKE_COPY: "reports",
    JobName.READ_IMPORT: FILES,
    JobName.READ_QUESTIONNAIRE: "reports",
    JobName.PREVIEW_RULE: FILES,
    JobName.SEND_NOTICES: "upkeep",
    JobName.SEND_WEBHOOKS: "upkeep",
    JobName.CHECK_MAIL_KEY: "urgent",
    JobName.PREPARE_NOTICE_PHONE: "urgent",
    JobName.MAIL_INVITATION: "urgent",
    JobName.SIGN_AUDIT_HEAD: FILES,
    JobName.KEEP_RETENTION: FILES,
    JobName.REFRESH_FIGURES: FILES,
    JobName.MAKE_EXPORT: FILES,
    JobName.PREPARE_RELEASE_TEXT: "reports",
    JobName.PREPARE_RELEASE_TEXTS: FILES,
    JobName.PREVIEW_EXPORT: FILES,
    JobName.TIDY_EXPORTS: "upkeep",
    JobName.MAKE_DUE_EXPORTS: "upkeep",
    JobName.DELIVER_EXPORTS: FILES,
    JobName.CHECK_DELIVERY_TARGET: FILES,
    JobName.COUNT_PUBLICATION: FILES,
    JobName.PROPOSE_PUBLICATION: "upkeep",
    JobName.CHECK_RECIPIENT_KEY: "urgent",
    JobName.MAKE_JUDICIAL_FILE: FILES,
    JobName.TIDY_JUDICIAL_FILES: "upkeep",
}
LONG_JOBS = frozenset(
    {
        JobName.EXAMINE_ATTACHMENT,
        JobName.REMAKE_COPY,
        JobName.READ_IMPORT,
        JobName.PREVIEW_RULE,
        JobName.RESEAL_REPORT,
        JobName.MAKE_EXPORT,
        JobName.COUNT_PUBLICATION,
        JobName.PREVIEW_EXPORT,
    }
)


@cache
def connection(redis_url: str) -> redis.Redis:
    """One client a process and address, that gives up quickly: the intake must not wait for the queue."""
    return redis.Redis.from_url(redis_url, socket_connect_timeout=1, socket_timeout=5)


def queue(name: str, client: redis.Redis) -> Queue:
    """A queue that speaks JSON. Workers must use the same serializer."""
    return Queue(name, connection=client, serializer=JSONSerializer)


def owe(session: Session, job: JobName, subject_id: uuid.UUID, *, after: timedelta | None = None) -> OwedWork:
    """Write down that a job is owed; once that is committed, put it in the queue.

    With `after` it is put there by the sweep when that time is over, unless `owe_again` asks for it sooner.
    """
    now = utcnow()
    available_at = now + (after or SWEEP_GRACE)
    work = OwedWork(
        id=uuid.uuid4(), job=job, subject_id=subject_id, created_at=now, available_at=available_at
    )
    session.add(work)
    if after is None:
        enqueue_after_commit(session, job, work.id)
    return work


def owe_again(
    session: Session, job: JobName, subject_id: uuid.UUID, *, after: timedelta | None = None
) -> OwedWork:
    """Owe a job whether or not it was done before: there is one row for a job and its subject."""
    session.flush()
    work = session.scalar(
        select(OwedWork).where(OwedWork.job == job, OwedWork.subject_id == subject_id).with_for_update()
    )
    if work is None:
        return owe(session, job, subject_id, after=after)
    work.done_at, work.claimed_until, work.attempts, work.failure = None, None, 0, None
    work.created_at = utcnow()
    work.available_at = work.created_at + (after or SWEEP_GRACE)
    if after is None:
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
        timeout=LONG_JOB_TIMEOUT_SECONDS if job in LONG_JOBS else JOB_TIMEOUT_SECONDS,
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


def owed_since(session: Session) -> tuple[int, datetime | None]:
    """How many pieces of work wait or failed, arrivals too, and since when the oldest is owed; None for none.

    What comes back by itself much later, and a report whose writer is still filling in pages, wait for nobody.
    """
    now = utcnow()
    held = select(Draft.report_id).where(Draft.expires_at > now)
    work = _waiting(OwedWork, now).where(OwedWork.subject_id.not_in(held))
    found = [
        session.execute(work.with_only_columns(func.count(), func.min(OwedWork.created_at))).one(),
        session.execute(
            _waiting(Arrival, now).with_only_columns(func.count(), func.min(Arrival.received_at))
        ).one(),
    ]
    return sum(count for count, _ in found), min((since for _, since in found if since), default=None)


def _waiting(kind: Any, now: datetime) -> Any:
    """Not done, and due or put off for no longer than the sweep does, or failed before."""
    is_soon = kind.available_at <= now + PUT_OFF
    return select(kind).where(kind.done_at.is_(None), is_soon | kind.failure.is_not(None))


def is_reachable(client: redis.Redis) -> bool:
    """Whether the queue's server answers."""
    try:
        return bool(client.ping())
    except RedisError:
        return False
