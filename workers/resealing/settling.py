"""Whether a report has settled: nothing of it waits to be read, fetched, examined or taken away from."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.models import Attachment, AttachmentState, Draft, MaskCorrection, Message, OwedWork, Report
from app.queue import JobName
from app.safe.resealing import settles_at

LOOK_AGAIN = timedelta(minutes=1)
FILES_COME_FOR = timedelta(hours=1)  # then look again whether a file that was on its way is whole
_READING = (
    JobName.PROCESS_REPORT,
    JobName.PROCESS_ANSWER,
    JobName.UNMASK_WORDS,
    JobName.FETCH_ATTACHMENT,
    JobName.EXAMINE_ATTACHMENT,
    JobName.REMAKE_COPY,
)


def unsettled_until(session: Session, report_id: uuid.UUID) -> datetime | None:
    """When to look again at a report that isn't settled; None for one that is."""
    now = utcnow()
    rest = settles_at(session, report_id)
    if rest > now:
        return rest
    is_written = session.scalar(
        select(Draft.id).where(Draft.report_id == report_id, Draft.expires_at > now).limit(1)
    )
    waits = is_written is not None or _is_owed(session, subjects_of(session, report_id))
    return now + LOOK_AGAIN if waits else None


def subjects_of(session: Session, report_id: uuid.UUID) -> list[uuid.UUID]:
    """What work may be owed for: the report, its messages, their corrections, its files."""
    messages = list(session.scalars(select(Message.id).where(Message.report_id == report_id)))
    corrections = session.scalars(select(MaskCorrection.id).where(MaskCorrection.message_id.in_(messages)))
    files = session.scalars(select(Attachment.id).where(Attachment.report_id == report_id))
    return [report_id, *messages, *corrections, *files]


def may_change(session: Session, report_id: uuid.UUID, subjects: Collection[uuid.UUID]) -> bool:
    """Hold the report, and say whether its sealed values may be changed: nobody is about to read them."""
    report = session.get(Report, report_id, with_for_update={"key_share": True}, populate_existing=True)
    is_there = report is not None and report.erased_at is None
    return is_there and not _is_owed(session, [report_id, *subjects])


def files_on_their_way(session: Session, report_id: uuid.UUID) -> bool:
    """Whether a file of the report isn't whole yet, or not looked at."""
    on_their_way = (AttachmentState.WAITING, AttachmentState.ARRIVED)
    statement = select(Attachment.id).where(
        Attachment.report_id == report_id, Attachment.state.in_(on_their_way)
    )
    return session.scalar(statement.limit(1)) is not None


def _is_owed(session: Session, subjects: Collection[uuid.UUID]) -> bool:
    work = select(OwedWork.id).where(
        OwedWork.job.in_(_READING), OwedWork.subject_id.in_(subjects), OwedWork.done_at.is_(None)
    )
    return session.scalar(work.limit(1)) is not None
