"""Asking the reporter a question."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.casework import history
from app.casework.errors import CaseworkError
from app.casework.history import EventKind
from app.casework.segments import LONGEST_QUESTION
from app.casework.visibility import workable_case
from app.models import (
    CaseStatus,
    Channel,
    DeliveryState,
    Direction,
    Message,
    Report,
    ReportState,
    User,
)
from app.queue import JobName, owe


def ask_reporter(session: Session, user: User, case_id: uuid.UUID, text: str) -> Message:
    """Ask through the channel of the case's latest report: an SMS, or a text on its receipt page.

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `text_missing`, `text_long`, `no_report`.
    """
    case = workable_case(session, user, case_id, Permission.WORK_ON_CASES)
    question = _checked(text)
    report = _report_to_answer(session, case.id)
    if report is None:
        raise CaseworkError("no_report")
    is_sms = report.channel == Channel.SMS
    message = Message(
        id=uuid.uuid4(),
        report_id=report.id,
        direction=Direction.OUTBOUND,
        state=DeliveryState.QUEUED if is_sms else DeliveryState.WAITING,
        channel=report.channel,
        text=question,
        written_by_id=user.id,
    )
    session.add(message)
    session.flush()
    if is_sms:
        owe(session, JobName.SEND_MESSAGE, message.id)
    case.status = CaseStatus.WAITING_FOR_REPORTER
    detail = {"message": str(message.id), "channel": report.channel}
    history.write(session, user, case, EventKind.QUESTION_ASKED, detail=detail)
    return message


def _checked(text: str) -> str:
    question = text.replace("\x00", "").strip()
    if not question:
        raise CaseworkError("text_missing")
    if len(question) > LONGEST_QUESTION:
        raise CaseworkError("text_long")
    return question


def _report_to_answer(session: Session, case_id: uuid.UUID) -> Report | None:
    """The latest report not withdrawn, locked: a withdrawal at this moment waits, and cancels the question."""
    return session.scalars(
        select(Report)
        .where(Report.case_id == case_id, Report.state != ReportState.WITHDRAWN)
        .order_by(Report.received_at.desc(), Report.id)
        .limit(1)
        .with_for_update()
    ).first()
