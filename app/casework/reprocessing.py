"""Having a message read by the machine again: the work that was owed for it is owed once more."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.models import Direction, Message, OwedWork, Report
from app.queue import SWEEP_GRACE, JobName, enqueue_after_commit, owe


def read_again(session: Session, message: Message, *, is_addition: bool = False) -> None:
    """Owe the reading of one inbound message: the first of its report as a report, any other as an addition.

    With `is_addition` even the first only fills in what its case lacks.
    """
    report = session.get_one(Report, message.report_id)
    first = first_message(session, report)
    if first is not None and first.id == message.id and not is_addition:
        owe_again(session, JobName.PROCESS_REPORT, report.id)
    else:
        owe_again(session, JobName.PROCESS_ANSWER, message.id)


def first_message(session: Session, report: Report) -> Message | None:
    """The message that a report began with, as workers see it."""
    return session.scalars(
        select(Message)
        .where(Message.report_id == report.id, Message.direction == Direction.INBOUND)
        .order_by(Message.created_at)
        .limit(1)
    ).first()


def owe_again(session: Session, job: JobName, subject_id: uuid.UUID) -> OwedWork:
    """Owe a job whether or not it was done before: there is one row for a job and its subject."""
    session.flush()
    work = session.scalar(
        select(OwedWork).where(OwedWork.job == job, OwedWork.subject_id == subject_id).with_for_update()
    )
    if work is None:
        return owe(session, job, subject_id)
    work.done_at, work.claimed_until, work.attempts, work.failure = None, None, 0, None
    work.available_at = utcnow() + SWEEP_GRACE
    enqueue_after_commit(session, job, work.id)
    return work
