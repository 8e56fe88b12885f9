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
from app.models.search_index import overwrite_forgotten
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
from app.safe.returning import erase_returned
from workers import (
    attachments,
    escalation,
    imports,
    intake,
    notifications,
    openings,
    outbox,
    previewing,
    processing,
    questionnaires,
    resealing,
    retention,
    signing,
    unmasking,
)
from workers.exports import preparing
from workers.figures import refreshing as figures
from workers.learning.retraining import retrain
from workers.publications import snapshots
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


def remind_and_escalate() -> None:
    """Remind of referrals without an answer, and pass on those whose deadline is over."""
    _upkeep(escalation.remind_and_escalate)


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


def preview_rule(work_id: str) -> None:
    """Work out what one rule would have done."""
    _perform(work_id, previewing.work_out_preview)


def answer_opening(work_id: str) -> None:
    """Seal one thing anew for the person who asked to see it."""
    _perform(work_id, lambda subject: openings.answer_opening(keys(), subject))


def send_notices() -> None:
    """Tell people, by the ways that leave the console, that something waits."""
    _upkeep(lambda: notifications.send_notices(keys()))


def send_webhooks() -> None:
    """Tell organisations' own systems that something waits."""
    _upkeep(lambda: notifications.send_webhooks(keys()))


def check_mail_key(work_id: str) -> None:
    """Look whether mails can be encrypted to a key that somebody gave."""
    _perform(work_id, notifications.check_mail_key)


def prepare_notice_phone(work_id: str) -> None:
    """Send a code to a colleague's own phone."""
    _perform(work_id, lambda subject: notifications.prepare_phone(keys(), subject))


def mail_invitation(work_id: str) -> None:
    """Mail the link of one invitation."""
    _perform(work_id, lambda subject: notifications.mail_invitation(keys(), subject))


def reseal_report(work_id: str) -> None:
    """Seal one report to a key of its own, so that workers can't open it any more."""
    _perform(work_id, lambda subject: resealing.reseal_report(keys(), subject))


def reseal_backlog() -> None:
    """Owe that for reports from before the desk had a key, and take back keys that nobody should hold any more."""
    _upkeep(resealing.tidy_up)


def overwrite_forgotten_words() -> None:
    """Have the search index forget the words of accounts that were erased."""
    with worker_app().app_context(), db.engine.begin() as database:
        overwrite_forgotten(database)


def sign_audit_head() -> None:
    """Check the audit trail and sign its head, once a day."""
    _upkeep(lambda: signing.sign_head(keys()))


def make_export(work_id: str) -> None:
    """Make the file of one export, sealed to who asked for it."""
    from workers.exports.apart import make_where_it_fits

    _perform(work_id, lambda subject: make_where_it_fits(keys(), subject))


def preview_export(work_id: str) -> None:
    """Work out what one export would hold."""
    from workers.exports.previewing import work_out_preview

    _perform(work_id, lambda subject: work_out_preview(keys(), subject))


def tidy_exports() -> None:
    """Erase exports whose time is over, and what is left of broken ones."""
    from workers.exports.tidying import tidy

    _upkeep(lambda: tidy(keys().settings))


def check_recipient_key(work_id: str) -> None:
    """Look at the certificate of a judicial file's recipient."""
    from workers.exports.judicial.certificates import check_certificate

    _perform(work_id, check_certificate)


def make_judicial_file(work_id: str) -> None:
    """Make one judicial file that two people opened."""
    from workers.exports.judicial.making import make_judicial_file as make

    _perform(work_id, lambda subject: make(keys(), subject))


def tidy_judicial_files() -> None:
    """End judicial files that nobody decided in time."""
    from workers.exports.judicial.tidying import tidy

    _upkeep(lambda: tidy(keys().settings))


def make_due_exports() -> None:
    """Ask for the scheduled exports that are due."""
    from workers.deliveries.due import make_due_exports as make

    _upkeep(lambda: make(keys()))


def deliver_exports() -> None:
    """Bring scheduled exports to where organisations want them."""
    from workers.deliveries.bringing import deliver_exports as deliver

    _upkeep(lambda: deliver(keys()))


def check_delivery_target(work_id: str) -> None:
    """Look whether something can be brought to one target."""
    from workers.deliveries.checking import check_delivery_target as check

    _perform(work_id, lambda subject: check(keys(), subject))


def keep_retention() -> None:
    """Announce what falls due, and erase what was announced long enough."""
    _upkeep(retention.keep)


def refresh_figures() -> None:
    """Count again what changed since the figures were last counted."""
    _upkeep(figures.refresh)


def count_publication(work_id: str) -> None:
    """Count one period for everybody."""
    _perform(work_id, snapshots.count_publication)


def propose_publication() -> None:
    """Have the period counted whose delay is over."""
    _upkeep(snapshots.propose_due)


def unmask_words(work_id: str) -> None:
    """Put back the words of one mask that a person said is wrong."""
    _perform(work_id, lambda subject: unmasking.unmask(keys(), subject))


def prepare_release_text(work_id: str) -> None:
    """Make one case's account ready to go out."""
    _perform(work_id, preparing.prepare_text)


def prepare_release_texts() -> None:
    """Make ready the accounts that aren't."""
    _upkeep(preparing.prepare_backlog)


def enqueue_owed_work() -> None:
    """The sweep: put into the queue what is owed and nobody is doing, and erase what ran out."""
    with worker_app().app_context():
        client = connection(keys().settings.redis_url)
        with transaction() as session:
            now = utcnow()
            erase_expired(session, now)
            erase_returned(session, now)
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
