"""What the holder of a receipt code may see and do: the state, questions, wishes, withdrawal."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.database import transaction
from app.intake.case_text import refresh_text
from app.intake.consent import LEAST, Consent
from app.intake.sharing import consent_of, revoke
from app.messaging.contacts import Wishes, set_wishes, wishes_of
from app.models import (
    Case,
    CaseEvent,
    CaseStatus,
    Channel,
    Contact,
    DeliveryState,
    Direction,
    Message,
    Report,
    ReportState,
)
from app.receipts import normalise, receipt_hash
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question a colleague asked, and when it was answered, if it was."""

    question_id: uuid.UUID
    text: str
    asked_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class WishesOnRecord:
    """What the reporter's phone wishes. `wishes` is None where the hours make no sense; START takes back a STOP."""

    wishes: Wishes | None
    is_stopped: bool


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """Everything the receipt page may show. It says nothing of what the report was about.

    `state` is one of `received`, `in_progress`, `question`, `closed`, `withdrawn`; what was erased is withdrawn too.
    `consent` is what is allowed as things stand.
    """

    report_id: uuid.UUID
    state: str
    received_at: datetime
    exchanges: tuple[Exchange, ...]
    wishes: WishesOnRecord | None = None  # of a report that came by phone
    consent: Consent = LEAST
    is_erased: bool = False
    is_followed_up: bool = False  # an organisation took it up


def find_report(settings: Settings, session: Session, code: str) -> Report | None:
    """The report of a code as typed, or None. A code that can't be one costs the same time as a wrong one."""
    digest = receipt_hash(settings.lookup_key, normalise(code) or "000000000000")
    report = session.scalar(select(Report).where(Report.receipt_hash == digest))
    return report if normalise(code) else None


def view(session: Session, report: Report) -> ReceiptView:
    """The neutral state of a report and the questions asked about it."""
    messages = list(session.scalars(select(Message).where(Message.report_id == report.id)))
    answers = {message.answers_message_id: message.created_at for message in messages}
    exchanges = tuple(
        Exchange(message.id, message.text or "", message.created_at, answers.get(message.id))
        for message in sorted(messages, key=lambda message: message.created_at)
        if message.direction == Direction.OUTBOUND
        and message.template is None  # what the machine says by itself is no question to answer here
        and message.state != DeliveryState.CANCELLED
    )
    state = neutral_state(session, report, exchanges)
    return ReceiptView(
        report.id,
        state,
        report.received_at,
        exchanges,
        _wishes(session, report),
        consent_of(report),
        is_erased=report.erased_at is not None,
        is_followed_up=report.follow_up_told_at is not None and state != "withdrawn",
    )


def neutral_state(session: Session, report: Report, exchanges: tuple[Exchange, ...] = ()) -> str:
    """A word for the state that is harmless in anybody's hands."""
    if report.state == ReportState.WITHDRAWN:
        return "withdrawn"
    if any(exchange.answered_at is None for exchange in exchanges):
        return "question"
    case = session.get(Case, report.case_id) if report.case_id else None
    if case is None or case.status == CaseStatus.NEW:
        return "received"
    return "closed" if case.status == CaseStatus.CLOSED else "in_progress"


def mark_read(report_id: uuid.UUID) -> None:
    """Note that the holder of the code saw what was written to them."""
    with transaction() as session:
        session.execute(
            update(Message)
            .where(
                Message.report_id == report_id,
                Message.direction == Direction.OUTBOUND,
                Message.read_at.is_(None),
            )
            .values(read_at=utcnow())
        )


def change_wishes(report_id: uuid.UUID, changes: Mapping[str, Any]) -> bool:
    """Change some wishes (fields of Wishes) of the phone a report came from; False when it came from none.

    Raises ValueError for hours that aren't two different minutes of a day.
    """
    with transaction() as session:
        report = session.get_one(Report, report_id)
        if not _may_wish(report):
            return False
        contact = session.get_one(Contact, report.contact_id, with_for_update=True)
        set_wishes(session, contact, replace(wishes_of(contact) or Wishes(), **changes), actor="reporter")
    return True


def _may_wish(report: Report) -> bool:
    """Whether there is a phone to wish for; also after a withdrawal, when silence may matter most."""
    return report.contact_id is not None and Channel(report.channel).is_by_phone


def _wishes(session: Session, report: Report) -> WishesOnRecord | None:
    if not _may_wish(report):
        return None
    contact = session.get_one(Contact, report.contact_id)
    return WishesOnRecord(wishes_of(contact), contact.stopped_at is not None)


def withdraw(report_id: uuid.UUID) -> bool:
    """Stop all work on a report: no partner sees it from now on. False when it was withdrawn before.

    What was sent stays sealed until retention deletes it: a person may be forced to withdraw.
    """
    with transaction() as session:
        return withdraw_report(session, session.get_one(Report, report_id))


def withdraw_report(session: Session, report: Report) -> bool:
    """The same in the caller's transaction, for a report that was read in it."""
    if report.state == ReportState.WITHDRAWN:
        return False
    report.state, report.withdrawn_at = ReportState.WITHDRAWN, utcnow()
    session.flush()
    _cancel_outgoing(session, report)
    _withdraw_case(session, report)
    audit.record(session, Action.REPORT_WITHDRAWN, f"report:{report.id}", actor="reporter")
    return True


def _cancel_outgoing(session: Session, report: Report) -> None:
    session.execute(
        update(Message)
        .where(
            Message.report_id == report.id,
            Message.state.in_([DeliveryState.QUEUED, DeliveryState.WAITING]),
        )
        .values(state=DeliveryState.CANCELLED)
    )


def _withdraw_case(session: Session, report: Report) -> None:
    """A case none of whose reports is left is closed, and what was proposed or sent to partners is revoked."""
    case = session.get(Case, report.case_id) if report.case_id else None
    if case is None:
        return
    session.add(CaseEvent(case_id=case.id, kind="report_withdrawn"))
    if any(other.state != ReportState.WITHDRAWN for other in case.reports):
        refresh_text(session, case)
        return
    case.is_withdrawn, case.status, case.updated_at = True, CaseStatus.CLOSED, utcnow()
    revoke(session, case)
