"""Sending through Twilio's own client to a stand-in that checks its requests, as the environment configures it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import update

from app.database import transaction
from app.messaging.receipts import take_receipt
from app.models import Channel, Contact, DeliveryState
from app.settings import TwilioSettings
from tests.conftest import free_port
from tests.contracts.twilio_stand_in import Failure, Fault, TwilioStandIn, twilio_stand_in
from tests.workers.outbox.conftest import NUMBER, Post, Provider
from workers.processing import Keys

SENDER = "+22360000000"


@pytest.fixture
def twilio() -> Iterator[TwilioStandIn]:
    with twilio_stand_in() as server:
        yield server


@pytest.fixture
def post(app: Flask, keys: Keys, twilio: TwilioStandIn) -> Post:
    """An outbox with the gateway of the environment."""
    account = TwilioSettings(twilio.account, twilio.token, SENDER, twilio.address)
    return Post(Keys(replace(keys.settings, twilio=account), keys.workers), Provider(), Provider())


@pytest.fixture
def question(post: Post) -> uuid.UUID:
    return post.queue(post.add_contact(last_gateway="twilio"))


def test_a_question_is_sent_once_by_the_real_client(
    post: Post, twilio: TwilioStandIn, question: uuid.UUID
) -> None:
    assert [post.send(), post.send()] == [1, 0]
    (form,) = twilio.accepted
    assert (form["To"], form["From"], form["Body"]) == (NUMBER, SENDER, "A quelle heure ?")
    assert form["StatusCallback"] == "http://localhost/webhooks/twilio/status"
    assert twilio.refused == []
    sent = post.message(question)
    assert sent.state == DeliveryState.SENT
    assert sent.provider_reference
    with transaction() as session:
        take_receipt(session, "twilio", sent.provider_reference, DeliveryState.DELIVERED, "")
    assert post.state(question)[0] == DeliveryState.DELIVERED


def test_who_wrote_by_whatsapp_is_answered_there(post: Post, twilio: TwilioStandIn) -> None:
    post.queue(post.add_contact(), channel=Channel.WHATSAPP)
    post.send()
    assert twilio.accepted[0]["To"] == f"whatsapp:{NUMBER}"


def test_who_told_twilio_to_stop_is_never_written_to_again(
    post: Post, twilio: TwilioStandIn, question: uuid.UUID
) -> None:
    twilio.behaviour.failure = Failure(400, 21610)
    post.send()
    assert post.state(question) == (DeliveryState.CANCELLED, "opted-out")
    assert post.contact(contact_of(post, question)).stopped_at is not None


def test_a_refusal_is_told_by_twilios_code(post: Post, twilio: TwilioStandIn, question: uuid.UUID) -> None:
    twilio.behaviour.failure = Failure(400, 21211)
    post.send()
    assert post.state(question) == (DeliveryState.FAILED, "twilio-21211")


def test_busy_is_tried_again(post: Post, twilio: TwilioStandIn, question: uuid.UUID) -> None:
    twilio.behaviour.fault = Fault.BUSY
    post.send()
    assert post.state(question)[0] == DeliveryState.QUEUED
    twilio.behaviour.fault = None
    post.make_due()
    post.send()
    assert len(twilio.accepted) == 1
    assert post.state(question)[0] == DeliveryState.SENT


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.DROPPED])
def test_a_connection_cut_before_the_answer_is_unknown_and_not_repeated(
    post: Post, twilio: TwilioStandIn, question: uuid.UUID, fault: Fault
) -> None:
    twilio.behaviour.fault = fault
    post.send()
    assert post.state(question)[0] == DeliveryState.UNKNOWN
    twilio.behaviour.fault = None
    post.make_due()
    assert post.send() == 0


def test_where_nobody_listens_nothing_was_sent(post: Post, question: uuid.UUID) -> None:
    nowhere = replace(post.keys.settings.twilio, api_base=f"http://127.0.0.1:{free_port()}")
    post.keys = Keys(replace(post.keys.settings, twilio=nowhere), post.keys.workers)
    post.send()
    assert post.state(question)[0] == DeliveryState.QUEUED


def test_neither_number_nor_words_nor_secrets_are_logged_or_on_record(
    post: Post, twilio: TwilioStandIn, question: uuid.UUID, capsys: pytest.CaptureFixture[str]
) -> None:
    twilio.behaviour.fault = Fault.LOST
    post.send()
    told = capsys.readouterr()
    for private in (NUMBER, NUMBER[4:], "A quelle heure", twilio.token):
        assert private not in told.out + told.err + repr(post.record())


def contact_of(post: Post, message: uuid.UUID) -> uuid.UUID:
    """Whom a message goes to."""
    identifier = post.message(message).contact_id
    assert identifier
    return identifier


def test_stop_is_honoured_for_the_gateway_of_the_environment(post: Post, question: uuid.UUID) -> None:
    with transaction() as session:
        session.execute(update(Contact).values(is_never_written=True))
    assert post.send() == 0
