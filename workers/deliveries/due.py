"""Scheduled exports that are due are asked for, in the name of who set them up; what failed is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.database import transaction
from app.deliveries import schedules
from app.exports.signing_keys import keep
from app.models import ExportRecord, ExportSchedule, ExportState

if TYPE_CHECKING:
    from workers.processing import Keys

logger = structlog.get_logger()

MOST_AT_ONCE = 50


def make_due_exports(keys: Keys) -> None:
    """Ask for what is due, and tell of what could not be made since."""
    keep_public_key(keys)
    for _ in range(MOST_AT_ONCE):
        with transaction() as session:
            schedule = _oldest_due(session)
            if schedule is None:
                break
            exported = schedules.make_due(session, schedule)
        logger.info("scheduled_export_asked" if exported else "scheduled_export_stopped")
    with transaction() as session:
        _tell_of_failed(session)


def keep_public_key(keys: Keys) -> None:
    """Show the key that signs exports here from now on, with those from before it."""
    if keys.workers.export_key is None:
        logger.warning("export_key_missing")
        return
    with transaction() as session:
        keep(session, bytes(keys.workers.export_key.verify_key))


def _oldest_due(session: Session) -> ExportSchedule | None:
    due = select(ExportSchedule).where(
        ExportSchedule.is_enabled, ExportSchedule.removed_at.is_(None), ExportSchedule.next_at <= utcnow()
    )
    oldest = due.order_by(ExportSchedule.next_at).limit(1)
    return session.scalars(oldest.with_for_update(of=ExportSchedule, skip_locked=True)).unique().first()


def _tell_of_failed(session: Session) -> None:
    """Each export that could not be made is counted once: the schedule forgets it then."""
    failed = (
        select(ExportSchedule, ExportRecord.failure)
        .join(ExportRecord, ExportRecord.id == ExportSchedule.last_export_id)
        .where(ExportRecord.state == ExportState.FAILED, ExportSchedule.removed_at.is_(None))
        .with_for_update(of=ExportSchedule, skip_locked=True)
    )
    for schedule, failure in session.execute(failed).unique():
        schedule.last_export_id = None
        schedules.count_failure(session, schedule, failure)
