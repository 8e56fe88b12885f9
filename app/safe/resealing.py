"""Owing that a report is sealed to a key of its own once it has settled (workers/resealing does it)."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.current import current_settings
from app.models import (
    Direction,
    Message,
    Organisation,
    OrganisationKey,
    OrganisationKind,
    OwedWork,
    Report,
    ReportKey,
)
from app.queue import JobName, owe_again

BACKLOG_AT_ONCE = 200


def can_reseal(session: Session) -> bool:
    """Whether the desk has a key. Until it has one, workers can open everything, and must go on to."""
    key = (
        select(OrganisationKey.id)
        .join(Organisation, Organisation.id == OrganisationKey.organisation_id)
        .where(
            Organisation.kind == OrganisationKind.DESK,
            Organisation.is_active,
            OrganisationKey.ready_at.is_not(None),
            OrganisationKey.retired_at.is_(None),
        )
    )
    return session.scalar(key.limit(1)) is not None


def owe_resealing(session: Session, report_id: uuid.UUID) -> None:
    """Have a report sealed to its own key once it has settled: an hour after its newest message, by default."""
    if can_reseal(session):
        rest = settles_at(session, report_id) - utcnow()
        owe_again(session, JobName.RESEAL_REPORT, report_id, after=rest if rest > timedelta() else None)


def settles_at(session: Session, report_id: uuid.UUID) -> datetime:
    """When late parts, questions and the reporter's own corrections have had their time."""
    newest = select(func.max(Message.created_at)).where(
        Message.report_id == report_id, Message.direction == Direction.INBOUND
    )
    since = session.scalar(newest) or session.get_one(Report, report_id).received_at
    return since + timedelta(minutes=current_settings().reseal_after_minutes)


def owe_backlog(session: Session, limit: int = BACKLOG_AT_ONCE) -> int:
    """Owe it for reports that have no key of their own yet, the oldest first: those from before the desk had one, and
    whatever was missed. How many they were.
    """
    if not can_reseal(session):
        return 0
    has_key = select(ReportKey.id).where(ReportKey.report_id == Report.id).exists()
    is_owed = (
        select(OwedWork.id)
        .where(
            OwedWork.subject_id == Report.id,
            OwedWork.job == JobName.RESEAL_REPORT,
            OwedWork.done_at.is_(None),
        )
        .exists()
    )
    settled = utcnow() - timedelta(minutes=current_settings().reseal_after_minutes)
    found = session.scalars(
        select(Report.id)
        .where(Report.erased_at.is_(None), Report.received_at <= settled, ~has_key, ~is_owed)
        .order_by(Report.received_at)
        .limit(limit)
    ).all()
    for report_id in found:
        owe_again(session, JobName.RESEAL_REPORT, report_id)
    return len(found)


def unsealed_count(session: Session) -> int:
    """How many reports workers can open: those that are not sealed to a key of their own yet."""
    has_key = select(ReportKey.id).where(ReportKey.report_id == Report.id).exists()
    waiting = select(func.count()).select_from(Report).where(Report.erased_at.is_(None), ~has_key)
    return session.scalar(waiting) or 0
