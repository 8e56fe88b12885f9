"""What the queue may ask for. Each job takes the id of one piece of owed work, claims it, and does it once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.database import db, transaction
from app.intake import drafts, uploads
from app.messaging.outbox import has_due_messages
from app.models import Arrival, Claimable, OwedWork
from app.openings.service import erase_expired
from app.queue import (
    LONG_JOB_TIMEOUT_SECONDS,
    LONG_JOBS,
    PUT_OFF,
    JobName,
    connection,
    enqueue,
    owed,
    waiting_arrivals,
)
from workers import (
    attachments,
    imports,
    intake,
    openings,
    outbox,
    processing,
    questionnaires,
    unmasking,
)
from workers.learning.retraining import retrain
from workers.runtime import keys, worker_app

logger = structlog.get_logger()

Kind = type[OwedWork] | type[Arrival]  # both are claimed alike
CLAIM = timedelta(minutes=5)  # longer than any piece of work takes
LONG_CLAIM = timedelta(seconds=LONG_JOB_TIMEOUT_SECONDS) + CLAIM
MOST_ATTEMPTS = 6
FIRST_DELAY_SECONDS = 30


def process_report(work_id: str) -> None:
    """Understand one report."""
    _perform(work_id, lambda subject: processing.process_report(keys(), subject))


def process_answer(work_id: str) -> None:
    """Understand one answer from the receipt page."""
    _perform(work_id, lambda subject: processing.process_answer(keys(), subject))


def take_in_arrival(arrival_id: str) -> None:
    """Make of one arrival what it is: a report, an addition, a command."""
    _perform(arrival_id, lambda subject: intake.take_in(keys(), subject), of=Arrival)


def send_due_messages() -> None:
    """Send what is due to phones."""
    _upkeep(lambda: outbox.send_due_messages(keys()))


def check_gateways() -> None:
    """Ask each gateway whether it knows us."""
    _upkeep(lambda: outbox.check_gateways(keys()))


def reconcile_gateways() -> None:
    """Fetch what gateways may have failed to hand over."""
    _upkeep(lambda: outbox.reconcile_gateways(keys()))


def fetch_attachment(work_id: str) -> None:
    """Fetch one file that came with a message, and seal it."""
    _perform(work_id, lambda subject: attachments.fetch_attachment(keys(), subject))


def examine_attachment(work_id: str) -> None:
    """Look at one file that came from the web, and make its copy."""
    _perform(work_id, lambda subject: attachments.examine_attachment(keys(), subject))


def remake_copy(work_id: str) -> None:
    """Make the copy of one file anew, with what is to be hidden hidden."""
    _perform(work_id, lambda subject: attachments.remake_copy(keys(), subject))


def read_import(work_id: str) -> None:
    """Read one table of reports as far as its state asks for."""
    _perform(work_id, lambda subject: imports.read_import(keys(), subject))


def read_questionnaire(work_id: str) -> None:
    """Read one XLSForm."""
    _perform(work_id, lambda subject: questionnaires.read_file(keys(), subject))


def answer_opening(work_id: str) -> None:
    """Seal one thing anew for the person who asked to see it."""
    _perform(work_id, lambda subject: openings.answer_opening(keys(), subject))


def unmask_words(work_id: str) -> None:
    """Put back the words of one mask that a person said is wrong."""
    _perform(work_id, lambda subject: unmasking.unmask(keys(), subject))


def enqueue_owed_work() -> None:
    """The sweep: put into the queue what is owed and nobody is doing, and erase what ran out."""
    with worker_app().app_context():
        client = connection(keys().settings.redis_url)
        with transaction() as session:
            now = utcnow()
            erase_expired(session, now)
            drafts.erase_expired(session)
            uploads.close_overdue(session, now)
            uploads.erase_expired(session, now)
            found = _put_off(owed(session, now), now) + _put_off(waiting_arrivals(session, now), now)
            has_messages = has_due_messages(session, now)
        for job, work_id in found:
            enqueue(client, job, work_id)
        if has_messages:
            enqueue(client, JobName.SEND_DUE_MESSAGES)
        if found:
            logger.info("owed_work_enqueued", count=len(found))


def _put_off(due: Sequence[Claimable], now: datetime) -> list[tuple[JobName, uuid.UUID]]:
    """What to enqueue; the next sweep leaves it alone for a while."""
    for work in due:
        work.available_at = now + PUT_OFF
    return [
        (JobName(work.job), work.id) if isinstance(work, OwedWork) else (JobName.TAKE_IN_ARRIVAL, work.id)
        for work in due
        if isinstance(work, OwedWork | Arrival)
    ]


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


def _upkeep(do: Callable[[], object]) -> None:
    """Something that has no row of its own: whatever it leaves undone is found again by the clock."""
    with worker_app().app_context():
        try:
            do()
        except Exception as error:  # noqa: BLE001 - the class is told; a traceback may hold what people wrote
            logger.error("upkeep_failed", error=type(error).__name__)  # noqa: TRY400
            raise JobFailed(type(error).__name__) from None
        finally:
            db.session.remove()


def _perform(work_id: str, do: Callable[[uuid.UUID], datetime | None], of: Kind = OwedWork) -> None:
    """Claim, do, mark. Work that somebody else has, or that is done, is left alone.

    What is done gives a moment when it must come back for more, or None when that was all.
    """
    with worker_app().app_context():
        claimed = claim(uuid.UUID(work_id), of)
        if claimed is None:
            return
        try:
            come_back_at = do(claimed.subject_id)
        except Exception as error:  # noqa: BLE001 - whatever it was, the work stays owed
            _put_back(claimed, type(error).__name__)
            raise JobFailed(
                type(error).__name__
            ) from None  # the queue keeps tracebacks; ours must hold no data
        finally:
            db.session.remove()
        _mark(claimed, come_back_at)


class JobFailed(RuntimeError):
    """A job failed; the message is the class of what went wrong."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A piece of work that is ours until a moment, by which the claim is known again."""

    of: Kind
    work_id: uuid.UUID
    subject_id: uuid.UUID
    until: datetime


def claim(work_id: uuid.UUID, of: Kind = OwedWork) -> Claim | None:
    """Take a piece of work for five minutes, or longer where it may take so; None if it is done or somebody's."""
    now = utcnow()
    until = now + (LONG_CLAIM if _is_long(work_id, of) else CLAIM)
    subject_column = OwedWork.subject_id if of is OwedWork else Arrival.id
    with transaction() as session:
        subject: uuid.UUID | None = session.scalar(
            update(of)
            .where(of.id == work_id, of.done_at.is_(None))
            .where(or_(of.claimed_until.is_(None), of.claimed_until < now))
            .values(claimed_until=until, attempts=of.attempts + 1)
            .returning(subject_column)
        )
        return Claim(of, work_id, subject, until) if subject else None


def _is_long(work_id: uuid.UUID, of: Kind) -> bool:
    if of is not OwedWork:
        return False
    job = db.session.scalar(select(OwedWork.job).where(OwedWork.id == work_id))
    db.session.rollback()  # nothing was changed, and nothing is held
    return job in LONG_JOBS


def _still_ours(session: Session, claimed: Claim) -> OwedWork | Arrival | None:
    """The row while the claim stands: work that was owed anew meanwhile, or taken over, is left as it is."""
    work = cast("OwedWork | Arrival", session.get_one(claimed.of, claimed.work_id, with_for_update=True))
    return work if work.claimed_until == claimed.until else None


def _mark(claimed: Claim, come_back_at: datetime | None) -> None:
    with transaction() as session:
        if work := _still_ours(session, claimed):
            work.claimed_until, work.failure = None, None
            if come_back_at is None:
                work.done_at = utcnow()
            else:
                work.available_at = come_back_at


def _put_back(claimed: Claim, failure: str) -> None:
    """Owe it again after a growing pause; after too many attempts hourly, and `seere doctor` tells."""
    db.session.rollback()
    with transaction() as session:
        if work := _still_ours(session, claimed):
            pause = FIRST_DELAY_SECONDS * 2 ** min(work.attempts, MOST_ATTEMPTS)
            work.claimed_until, work.failure = None, failure
            work.available_at = utcnow() + timedelta(seconds=pause)
    logger.error("job_failed", work_id=str(claimed.work_id), error=failure)
