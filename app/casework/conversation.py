"""Asking the reporter a question."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.casework import history
from app.casework.errors import CaseworkError
from app.casework.history import EventKind
from app.casework.visibility import workable_case
from app.clock import utcnow
from app.messaging.contacts import Never, may_write
from app.messaging.outbox import queue_text
from app.messaging.segments import LONGEST_QUESTION
from app.models import (
    Case,
    CaseStatus,
    Channel,
    Contact,
    DeliveryState,
    Direction,
    Message,
    MessagePurpose,
    Report,
    ReportState,
    User,
)

URGENT = 3  # "immediate": its questions go out before everything routine


def ask_reporter(session: Session, user: User, case_id: uuid.UUID, text: str) -> Message:
    """Ask through the channel of the case's latest report: a text to its phone, or one on its receipt page.

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `text_missing`, `text_long`, `no_report`, and
    `asked_to_stop`, `asked_never` or `asked_hours` where the person doesn't want to be written to.
    """
    case = workable_case(session, user, case_id, Permission.WORK_ON_CASES)
    question = _checked(text)
    report = _report_to_answer(session, case.id)
    if report is None:
        raise CaseworkError("no_report")
    message = _queued(session, user, case, report, question)
    case.status = CaseStatus.WAITING_FOR_REPORTER
    detail = {"message": str(message.id), "channel": report.channel}
    history.write(session, user, case, EventKind.QUESTION_ASKED, detail=detail)
    return message


def _queued(session: Session, user: User, case: Case, report: Report, question: str) -> Message:
    channel = Channel(report.channel)
    if not channel.is_by_phone:
        return _on_receipt_page(session, user, report, question)
    _check_wishes(session, report)
    return queue_text(
        session,
        MessagePurpose.QUESTION,
        # A call or a USSD session can't be written to: what follows one is an SMS.
        channel=Channel.WHATSAPP if channel is Channel.WHATSAPP else Channel.SMS,
        contact_id=report.contact_id,
        report_id=report.id,
        text=question,
        language=report.language,
        gateway=report.gateway,
        is_urgent=case.urgency >= URGENT,
        written_by_id=user.id,
    )


def _on_receipt_page(session: Session, user: User, report: Report, question: str) -> Message:
    message = Message(
        id=uuid.uuid4(),
        report_id=report.id,
        direction=Direction.OUTBOUND,
        state=DeliveryState.WAITING,
        channel=report.channel,
        purpose=MessagePurpose.QUESTION,
        text=question,
        language=report.language,
        written_by_id=user.id,
    )
    session.add(message)
    session.flush()
    return message


def _check_wishes(session: Session, report: Report) -> None:
    contact = session.get(Contact, report.contact_id) if report.contact_id else None
    permission = may_write(contact, utcnow()) if contact else None
    if isinstance(permission, Never):
        raise CaseworkError(_REFUSALS.get(permission.reason, "asked_never"))


_REFUSALS = {"stopped": "asked_to_stop", "never": "asked_never", "hours": "asked_hours"}


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
