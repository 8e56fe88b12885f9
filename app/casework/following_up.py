"""Telling reporters, once and harmlessly, that somebody follows up: never who, never on what.

A phone gets a short text when its owner may be written to; the receipt page says it to whoever holds the code.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.messaging.contacts import Never, may_write
from app.messaging.outbox import queue_text
from app.models import Case, CaseEvent, Channel, Contact, MessagePurpose, Report, ReportState

FOLLOW_UP_TOLD = "follow_up_told"  # a line of the case's history
WORDING = "followed_up"  # a text of the dialogue


def tell_reporters(session: Session, case: Case) -> None:
    """Tell everybody who reported the case and wasn't told yet; a phone with several reports gets one text."""
    untold = _untold(session, case)
    to_write = _one_for_each_phone(session, case, untold)
    for report in untold:
        report.follow_up_told_at = utcnow()
        audit.record(session, Action.FOLLOW_UP_TOLD, f"report:{report.id}", actor="worker")
    for report in to_write:
        _write_to(session, report)
    if untold:
        session.add(CaseEvent(case_id=case.id, kind=FOLLOW_UP_TOLD))


def _untold(session: Session, case: Case) -> list[Report]:
    """Held, so that a withdrawal at this moment waits and cancels the text."""
    statement = select(Report).where(
        Report.case_id == case.id,
        Report.state != ReportState.WITHDRAWN,
        Report.follow_up_told_at.is_(None),
    )
    return list(session.scalars(statement.order_by(Report.received_at, Report.id).with_for_update()))


def _one_for_each_phone(session: Session, case: Case, reports: Iterable[Report]) -> list[Report]:
    told = select(Report.contact_id).where(
        Report.case_id == case.id, Report.follow_up_told_at.is_not(None), Report.contact_id.is_not(None)
    )
    by_phone = {
        report.contact_id: report
        for report in reports
        if report.contact_id is not None and Channel(report.channel).is_by_phone
    }
    before = set(session.scalars(told))
    return [report for contact_id, report in by_phone.items() if contact_id not in before]


def _write_to(session: Session, report: Report) -> None:
    """Queue the text, unless its owner asked never to be written to; when, and whether still, the outbox decides."""
    contact = session.get(Contact, report.contact_id)
    if contact is None or isinstance(may_write(contact, utcnow()), Never):
        return
    queue_text(
        session,
        MessagePurpose.NOTICE,
        channel=Channel.WHATSAPP if report.channel == Channel.WHATSAPP else Channel.SMS,
        contact_id=contact.id,
        report_id=report.id,
        template=WORDING,
        language=contact.language or report.language,
        gateway=report.gateway,
    )
