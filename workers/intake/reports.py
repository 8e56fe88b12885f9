"""Opening a report for an arrival, adding a message to one, and sealing a message anew when it grew."""

from __future__ import annotations

import base64
import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.casework.reprocessing import first_message, read_again
from app.models import (
    Arrival,
    Attachment,
    Contact,
    DeliveryState,
    Direction,
    Message,
    Report,
)
from app.queue import JobName, owe
from app.sealing import seal
from app.settings import Settings
from workers.intake.turn import Turn

_AFTER_THE_FIRST = timedelta(milliseconds=1)


def open_report(turn: Turn) -> tuple[Report, Message]:
    """A new report with its first message. Its code is that of the arrival, as the web works it out too."""
    report = add_report(
        turn.session, turn.arrival, turn.contact, turn.prepared.receipt_hash, language=turn.language
    )
    return report, add_message(turn, report)


def add_report(
    session: Session, arrival: Arrival, contact: Contact | None, receipt_hash: bytes, *, language: str
) -> Report:
    """A new report of an arrival, without a message. The receipt hash is of the code derived from its reference."""
    report = Report(
        id=uuid.uuid4(),
        channel=arrival.channel,
        gateway=arrival.gateway,
        channel_reference=arrival.reference,
        receipt_hash=receipt_hash,
        received_at=arrival.received_at,
        language=language,
        contact_id=contact.id if contact else None,
        is_demonstration=arrival.is_demonstration,
    )
    session.add(report)
    session.flush()
    audit.record(session, Action.REPORT_RECEIVED, f"report:{report.id}", actor="reporter")
    return report


def add_message(turn: Turn, report: Report, *, answers: Message | None = None) -> Message:
    """An inbound message of a report, its files waiting to be fetched. No job is owed for its text yet."""
    message = inbound(turn.arrival, report, seal(_content(turn), turn.keys.settings.intake_public_key))
    message.contact_id = turn.contact.id
    message.created_at = _moment(turn, report)
    message.answers_message_id = answers.id if answers else None
    turn.session.add(message)
    turn.session.flush()
    _wait_for_files(turn, report, message)
    return message


def _moment(turn: Turn, report: Report) -> datetime:
    """When it was received; always after the message that opened the report, which may have been overtaken."""
    first = first_message(turn.session, report)
    received_at = turn.arrival.received_at
    return max(received_at, first.created_at + _AFTER_THE_FIRST) if first else received_at


def inbound(arrival: Arrival, report: Report, sealed_content: bytes) -> Message:
    """A message as it came by a gateway."""
    return Message(
        id=uuid.uuid4(),
        report_id=report.id,
        direction=Direction.INBOUND,
        state=DeliveryState.RECEIVED,
        channel=arrival.channel,
        channel_reference=arrival.reference,
        gateway=arrival.gateway,
        created_at=arrival.received_at,
        sealed_content=sealed_content,
    )


def _content(turn: Turn) -> dict[str, Any]:
    """What is sealed of a message: its text and sender, and the bytes where nothing could be read."""
    content = {"text": turn.text, "sender": turn.arrived.sender}
    if turn.arrived.undecodable:
        content["raw"] = base64.b64encode(turn.arrived.undecodable).decode("ascii")
        content["encoding"] = turn.arrived.encoding
    return content


def _wait_for_files(turn: Turn, report: Report, message: Message) -> None:
    for file in turn.arrived.media:
        source = {"url": file.url, "content_type": file.content_type}
        attachment = Attachment(
            id=uuid.uuid4(),
            report_id=report.id,
            message_id=message.id,
            gateway=turn.arrival.gateway,
            sealed_source=seal(source, turn.keys.settings.intake_public_key),
        )
        turn.session.add(attachment)
        turn.session.flush()
        owe(turn.session, JobName.FETCH_ATTACHMENT, attachment.id)


def grow_message(session: Session, settings: Settings, message: Message, text: str, sender: str) -> None:
    """Seal a message anew with the text it has now, and have it understood again."""
    message.sealed_content = seal({"text": text, "sender": sender}, settings.intake_public_key)
    read_again(session, message)
