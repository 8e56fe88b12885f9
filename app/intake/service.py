"""Accept a report: sealed, once, together with the fact that work is owed, in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.database import transaction
from app.intake.consent import Consent
from app.intake.uploads import attach
from app.models import Channel, DeliveryState, Direction, Message, Report
from app.queue import JobName, owe
from app.receipts import derived_code, receipt_hash
from app.sealing import keyed_digest, seal
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class NewReport:
    """What a citizen sent. `reference` is the provider's message id or the form's own token.

    `content` is what gets sealed: see app/intake/submission.py. Where `sealed_content` is given, a phone sealed it
    already. `uploads` are the tokens of files; `held_for` leaves its writer time to add to it before a worker reads it.
    `content_digest` (keyed, with the reference in it) tells a program's repeat from another report under its key.
    """

    channel: Channel
    reference: str
    content: Mapping[str, Any]
    received_at: datetime
    language: str = "fr"
    gateway: str = ""
    is_demonstration: bool = False
    sealed_content: bytes | None = None
    consent: Consent | None = None
    questionnaire_version: int | None = None
    submitted_by_id: uuid.UUID | None = None
    uploads: Sequence[str] = ()
    held_for: timedelta | None = None
    content_digest: bytes | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The code to hand back, and whether this submission was already here."""

    code: str
    report_id: uuid.UUID
    is_repeat: bool


def submit(settings: Settings, new: NewReport) -> Receipt:
    """Store a report once per channel reference and give its code; a repeat gets the same code.

    Opens its own transaction. Raises SQLAlchemyError if the report could not be made durable.
    """
    reference = channel_reference(settings, new)
    code = code_of(settings, reference)
    report = _prepare(settings, new, reference, code)  # the slow part, before the write lock is taken
    try:
        with transaction() as session:
            if existing := _report_id(session, reference):
                return Receipt(code, existing, is_repeat=True)
            _store(session, settings, report, new)
            return Receipt(code, report.id, is_repeat=False)
    except IntegrityError:  # the unique reference settled a race: the other one was first
        with transaction() as session:
            first = _report_id(session, reference)
        if first is None:
            raise
        return Receipt(code, first, is_repeat=True)


def code_of(settings: Settings, reference: bytes) -> str:
    """The receipt code of the submission that is known by this digest."""
    return derived_code(settings.lookup_key, reference.hex())


def channel_reference(settings: Settings, new: NewReport) -> bytes:
    """The keyed digest by which a submission is known; the provider's id itself is not stored."""
    return keyed_digest(settings.lookup_key, f"reference:{new.channel}:{new.gateway}", new.reference)


def beginning_of(report: Report) -> Select[Message]:
    """Finds the message that a report began with."""
    return (
        select(Message)
        .where(Message.report_id == report.id, Message.direction == Direction.INBOUND)
        .order_by(Message.created_at)
        .limit(1)
    )


def _report_id(session: Session, reference: bytes) -> uuid.UUID | None:
    return session.scalar(select(Report.id).where(Report.channel_reference == reference))


def _prepare(settings: Settings, new: NewReport, reference: bytes, code: str) -> Report:
    report = Report(
        id=uuid.uuid4(),
        channel=new.channel,
        gateway=new.gateway,
        channel_reference=reference,
        receipt_hash=receipt_hash(settings.lookup_key, code),
        received_at=new.received_at,
        language=new.language,
        is_demonstration=new.is_demonstration,
        consent=new.consent.as_record() if new.consent else None,
        questionnaire_version=new.questionnaire_version,
        submitted_by_id=new.submitted_by_id,
    )
    report.messages.append(
        Message(
            direction=Direction.INBOUND,
            state=DeliveryState.RECEIVED,
            channel=new.channel,
            channel_reference=new.content_digest,
            created_at=new.received_at,
            sealed_content=new.sealed_content or seal(new.content, settings.intake_public_key),
        )
    )
    return report


def _store(session: Session, settings: Settings, report: Report, new: NewReport) -> None:
    session.add(report)
    session.flush()
    attach(session, settings, report.messages[0], new.uploads)
    owe(session, JobName.PROCESS_REPORT, report.id, after=new.held_for)
    audit.record(session, Action.REPORT_RECEIVED, f"report:{report.id}", actor="reporter")
