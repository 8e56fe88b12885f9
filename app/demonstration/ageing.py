"""Giving what the load caused now the moment at which it would have happened. The audit chain keeps the true times."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Case, CaseEvent, Direction, Message, Notification, Referral, Report

UNDERSTOOD_AFTER = timedelta(minutes=2)
SENT_AFTER = timedelta(minutes=1)
READ_AFTER = timedelta(days=2)
SLACK = timedelta(minutes=1)  # what a real action's two clock readings may lie apart


def age(session: Session, report_id: uuid.UUID) -> None:
    """Put what workers and provider did with one report back beside it. A second time changes nothing."""
    report = session.get_one(Report, report_id)
    for message in report.messages:
        if message.direction == Direction.OUTBOUND and message.sent_at:
            message.sent_at = message.created_at + SENT_AFTER
    case = session.get(Case, report.case_id) if report.case_id else None
    if case is None:
        return
    understood_at = case.received_at + UNDERSTOOD_AFTER
    for referral in case.referrals:
        _age_referral(referral, understood_at)
    for event in case.events:
        _age_event(session, event, understood_at)
    session.flush()
    touch(case)


def touch(case: Case) -> None:
    """A case changed last when the last line of its history was written."""
    last = max((event.at for event in case.events), default=case.received_at)
    if abs(case.updated_at - last) > SLACK:
        case.updated_at = last


def age_notices(session: Session, now: datetime) -> None:
    """What people were told while the demonstration was loaded was told back then; the older of it they have read."""
    told = session.execute(select(Notification, Case).join(Case, Case.id == Notification.case_id))
    for notice, case in told:
        notice.created_at = min(notice.created_at, case.updated_at)
        if case.updated_at < now - READ_AFTER and notice.read_at is None:
            notice.read_at, notice.unread_topic = case.updated_at + READ_AFTER, None


def _age_referral(referral: Referral, at: datetime) -> None:
    """One that the rules made, with its deadline; a person's is left alone."""
    if referral.created_by_id is None and referral.created_at != at:
        referral.deadline_at -= referral.created_at - at
        referral.created_at = at


def _age_event(session: Session, event: CaseEvent, understood_at: datetime) -> None:
    if event.user_id is None and event.kind == "referral_created":
        event.at = understood_at
    if event.kind == "answer_received" and (answer := _message(session, event)):
        event.at = answer.created_at + UNDERSTOOD_AFTER


def _message(session: Session, event: CaseEvent) -> Message | None:
    return session.scalar(select(Message).where(Message.id == uuid.UUID(event.detail["message"])))
