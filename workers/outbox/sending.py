"""One message to one phone. A crash between the call and our mark leaves it *unknown*, never sent again."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.database import close_session, transaction
from app.intake.gateways import twilio
from app.intake.gateways.twilio import Outcome
from app.models import Contact, DeliveryState, Message, Report, ReportState
from workers.opening import open_sealed

if TYPE_CHECKING:
    from workers.processing import Keys

logger = structlog.get_logger()


def send_message(keys: Keys, message_id: uuid.UUID) -> None:
    """Send a queued message; one found half-sent is marked unknown for a person to decide."""
    claimed = _claim(message_id)
    if claimed is None:
        return
    text, sealed_address = claimed
    address = str(open_sealed(keys.workers, sealed_address)["address"])
    close_session()  # no transaction is open while the provider takes its time
    if keys.settings.twilio.can_send:
        outcome = twilio.send(keys.settings.twilio, address, text)
    else:
        outcome = Outcome(failure="no-gateway")
    _mark(message_id, outcome)


def _claim(message_id: uuid.UUID) -> tuple[str, bytes] | None:
    with transaction() as session:
        message = session.get_one(Message, message_id)
        if message.state == DeliveryState.SENDING:
            _set(session, message, DeliveryState.UNKNOWN, "interrupted")
            return None
        report = session.get_one(Report, message.report_id)
        contact = session.get(Contact, report.contact_id) if report.contact_id else None
        if contact is None or report.state == ReportState.WITHDRAWN:
            _set(session, message, DeliveryState.CANCELLED, "no-contact")
            return None
        claimed = session.execute(
            update(Message)
            .where(Message.id == message_id, Message.state == DeliveryState.QUEUED)
            .values(state=DeliveryState.SENDING)
            .returning(Message.text)
        ).first()
        return (claimed.text or "", contact.sealed_address) if claimed else None


def _mark(message_id: uuid.UUID, outcome: Outcome) -> None:
    with transaction() as session:
        message = session.get_one(Message, message_id)
        if outcome.is_unknown:
            _set(session, message, DeliveryState.UNKNOWN, outcome.failure)
        elif outcome.failure:
            _set(session, message, DeliveryState.FAILED, outcome.failure)
        else:
            message.sent_at, message.provider_reference = utcnow(), outcome.provider_id
            _set(session, message, DeliveryState.SENT, None)


def _set(session: Session, message: Message, state: DeliveryState, failure: str | None) -> None:
    message.state, message.failure = state, failure
    action = Action.MESSAGE_SENT if state is DeliveryState.SENT else Action.MESSAGE_NOT_SENT
    audit.record(session, action, f"message:{message.id}", actor="worker", detail={"state": str(state)})
    logger.info("message_marked", message_id=str(message.id), outcome=str(state))
