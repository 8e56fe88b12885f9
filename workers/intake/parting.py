"""A message that is clearly about something else leaves the report it was added to, and opens its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.database import transaction
from app.messaging.outbox import queue_text
from app.models import (
    Act,
    Arrival,
    Attachment,
    Case,
    Channel,
    Contact,
    Direction,
    Message,
    MessagePurpose,
    Report,
)
from app.queue import JobName, owe
from app.receipts import derived_code, receipt_hash
from workers.contracts import Finding
from workers.intake.acknowledging import is_after_silence
from workers.intake.conversations import conversation_of, open_on
from workers.intake.elsewhere import About, is_about_something_else, told_in
from workers.intake.reports import add_report

if TYPE_CHECKING:
    from workers.processing import Keys


@dataclass(frozen=True, slots=True)
class Parting:
    """A message that came after a long silence: what it tells, and the slow hash of the code it would get."""

    arrival: Arrival
    told: About
    silence: timedelta
    receipt_hash: bytes


def prepare_parting(keys: Keys, message: Message, findings: Iterable[Finding]) -> Parting | None:
    """What deciding needs, worked out before the transaction; None for messages that stay where they are.

    Those are answers to a colleague, what was understood before, what didn't come by a phone, and what came without a
    long silence.
    """
    if message.anonymised_text is not None:
        return None
    with transaction() as session:
        if _answers_colleague(session, message):
            return None
        arrival = session.scalars(
            select(Arrival).where(Arrival.message_id == message.id).order_by(Arrival.received_at).limit(1)
        ).first()
        heard_before = session.scalar(
            select(func.max(Message.created_at)).where(
                Message.report_id == message.report_id,
                Message.direction == Direction.INBOUND,
                Message.created_at < message.created_at,
            )
        )
    if arrival is None or heard_before is None or not is_after_silence(message.created_at, heard_before):
        return None
    key = keys.settings.lookup_key
    code = derived_code(key, bytes(arrival.reference).hex())
    silence = message.created_at - heard_before
    return Parting(arrival, told_in(findings), silence, receipt_hash(key, code))


def _answers_colleague(session: Session, message: Message) -> bool:
    asked = session.get(Message, message.answers_message_id) if message.answers_message_id else None
    return asked is not None and asked.purpose != MessagePurpose.PROMPT


def part_from(session: Session, parting: Parting, report: Report, message: Message) -> bool:
    """Move a message to a report of its own if it is about something else; False when it stays.

    The new report is understood from the start, and its code told to who wrote. The contact is held by the caller.
    """
    case = session.get(Case, report.case_id) if report.case_id else None
    contact = session.get(Contact, report.contact_id) if report.contact_id else None
    if case is None or contact is None:
        return False
    if not is_about_something_else(_about(session, case), parting.told, parting.silence):
        return False
    new = _report_of_its_own(session, parting, report, contact, message)
    talk = conversation_of(session, contact.id)
    if talk is not None and talk.report_id == report.id:
        open_on(talk, new)
    owe(session, JobName.PROCESS_REPORT, new.id)
    if not (contact.stopped_at or contact.is_machine):
        _tell_code(session, new, contact)
    return True


def _about(session: Session, case: Case) -> About:
    shown = select(Act.violation_code).where(Act.case_id == case.id, Act.is_main, Act.removed_at.is_(None))
    main = session.scalar(shown.limit(1))
    return About(case.region_code, case.cercle_code, main)


def _report_of_its_own(
    session: Session, parting: Parting, report: Report, contact: Contact, message: Message
) -> Report:
    arrival = session.get_one(Arrival, parting.arrival.id)
    new = add_report(session, arrival, contact, parting.receipt_hash, language=report.language)
    message.report_id, message.answers_message_id = new.id, None
    session.execute(update(Message).where(Message.repeats_message_id == message.id).values(report_id=new.id))
    session.execute(update(Attachment).where(Attachment.message_id == message.id).values(report_id=new.id))
    detail = {"from_report": str(report.id), "to_report": str(new.id)}
    audit.record(session, Action.MESSAGE_MOVED, f"message:{message.id}", actor="worker", detail=detail)
    return new


def _tell_code(session: Session, report: Report, contact: Contact) -> None:
    queue_text(
        session,
        MessagePurpose.ANSWER,
        channel=Channel(report.channel),
        contact_id=contact.id,
        report_id=report.id,
        template="received",
        language=contact.language or report.language,
        gateway=report.gateway,
    )
