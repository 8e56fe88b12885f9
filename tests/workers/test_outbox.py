"""Sending: once, through Twilio's real client, and never again when nobody can tell what became of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.clock import utcnow
from app.database import db, transaction
from app.intake import receipts
from app.models import AuditEntry, Channel, Contact, DeliveryState, Direction, Message, Report
from app.sealing import seal
from app.settings import TwilioSettings
from tests.conftest import free_port
from tests.e2e.provider import Provider, provider
from tests.e2e.running import ACCOUNT, TOKEN
from workers.outbox import send_message
from workers.processing import Keys

NUMBER = "+22376123456"


@pytest.fixture
def twilio() -> Iterator[Provider]:
    with provider() as server:
        yield server


@pytest.fixture
def sending_keys(keys: Keys, twilio: Provider) -> Keys:
    account = TwilioSettings(ACCOUNT, TOKEN, "+22360000000", twilio.address)
    return Keys(replace(keys.settings, twilio=account), keys.workers)


@pytest.fixture
def question(app: Flask, keys: Keys) -> uuid.UUID:
    """A queued question to a phone."""
    with transaction() as session:
        sealed = seal({"address": NUMBER}, keys.settings.intake_public_key)
        contact = Contact(id=uuid.uuid4(), digest=b"d" * 32, sealed_address=sealed)
        report = Report(
            id=uuid.uuid4(),
            channel=Channel.SMS,
            channel_reference=b"r" * 32,
            receipt_hash=b"h" * 32,
            received_at=utcnow(),
            contact_id=contact.id,
        )
        session.add_all([contact, report])
        session.flush()
        message = Message(
            id=uuid.uuid4(),
            report_id=report.id,
            direction=Direction.OUTBOUND,
            state=DeliveryState.QUEUED,
            channel=Channel.SMS,
            text="A quelle heure ?",
        )
        session.add(message)
        return message.id


def state() -> tuple[str, str | None]:
    db.session.rollback()
    found = db.session.execute(select(Message.state, Message.failure)).one()
    return found.state, found.failure


def test_a_question_is_sent_once_by_the_real_client(
    sending_keys: Keys, twilio: Provider, question: uuid.UUID
) -> None:
    send_message(sending_keys, question)
    send_message(sending_keys, question)
    assert twilio.sent == [{"To": NUMBER, "From": "+22360000000", "Body": "A quelle heure ?"}]
    assert twilio.refused == []
    assert state() == (DeliveryState.SENT, None)


def test_a_refusal_by_the_provider_is_told_by_its_code(
    sending_keys: Keys, twilio: Provider, question: uuid.UUID
) -> None:
    twilio.failure = (400, 21610)
    send_message(sending_keys, question)
    assert state() == (DeliveryState.FAILED, "twilio-21610")


def test_a_send_that_nobody_answered_is_unknown_and_not_repeated(
    sending_keys: Keys, twilio: Provider, question: uuid.UUID
) -> None:
    nowhere = replace(sending_keys.settings.twilio, api_base=f"http://127.0.0.1:{free_port()}")
    unreachable = Keys(replace(sending_keys.settings, twilio=nowhere), sending_keys.workers)
    send_message(unreachable, question)
    assert state()[0] == DeliveryState.UNKNOWN
    send_message(sending_keys, question)
    assert twilio.sent == []


def test_a_worker_that_died_while_sending_leaves_it_unknown(
    sending_keys: Keys, twilio: Provider, question: uuid.UUID
) -> None:
    with transaction() as session:
        session.execute(update(Message).values(state=DeliveryState.SENDING))
    send_message(sending_keys, question)
    assert state() == (DeliveryState.UNKNOWN, "interrupted")
    assert twilio.sent == []


def test_nothing_is_sent_after_withdrawal(sending_keys: Keys, twilio: Provider, question: uuid.UUID) -> None:
    report_id = db.session.scalars(select(Report.id)).one()
    receipts.withdraw(report_id)
    send_message(sending_keys, question)
    assert state()[0] == DeliveryState.CANCELLED
    assert twilio.sent == []


def test_sending_is_on_record_without_the_number(sending_keys: Keys, question: uuid.UUID) -> None:
    send_message(sending_keys, question)
    db.session.rollback()
    entry = db.session.scalars(select(AuditEntry)).one()
    assert entry.action == "message.sent"
    assert NUMBER not in repr(vars(entry))
