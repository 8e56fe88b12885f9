"""Sending: what goes to whom in which words, and on record."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest

from app.clock import utcnow
from app.intake.gateways.configured import encrypt_web_secrets
from app.intake.gateways.protocol import Capability, Outcome, Result
from app.models import Channel, Contact, DeliveryState, MessagePurpose
from app.receipts import derived_code
from app.sealing import seal
from tests.workers.outbox.conftest import NUMBER, Post


def test_a_question_reaches_the_phone_once(post: Post, contact: uuid.UUID) -> None:
    message = post.queue(contact)
    assert post.send() == 1
    assert post.send() == 0
    ((slug, outgoing),) = post.plain.given
    assert (slug, outgoing.address, outgoing.text) == ("sim", NUMBER, "A quelle heure ?")
    assert outgoing.message_id == message
    sent = post.message(message)
    assert (sent.state, sent.provider_reference, sent.gateway) == (DeliveryState.SENT, "fake-1", "sim")
    assert sent.sent_at is not None


def test_what_is_queued_is_sent_by_the_next_worker_without_anybodys_asking(
    post: Post, contact: uuid.UUID, work: Callable[[], None]
) -> None:
    message = post.queue(contact)
    work()
    assert post.state(message)[0] == DeliveryState.SENT


def test_an_attempt_says_what_it_took_and_cost(post: Post) -> None:
    post.add_gateway("dear", price_per_segment=25.0)
    post.queue(post.add_contact(), text="à" * 200)
    post.send()
    (attempt,) = post.attempts()
    assert (attempt.gateway, attempt.result, attempt.segments, attempt.cost) == ("dear", "accepted", 2, 50.0)
    assert attempt.ended_at is not None


def test_the_most_urgent_goes_first_then_the_oldest(post: Post, contact: uuid.UUID) -> None:
    post.queue(contact, MessagePurpose.ANSWER, text="routine")
    post.queue(contact, text="older question")
    post.queue(contact, text="newer question")
    post.queue(contact, text="danger", is_urgent=True)
    post.send()
    assert post.texts == ["danger", "older question", "newer question", "routine"]


def test_a_template_is_said_in_the_persons_language_with_the_code_of_their_report(
    post: Post, contact: uuid.UUID
) -> None:
    report = post.add_report(contact)
    post.queue(contact, MessagePurpose.ANSWER, template="received", language="en", report_id=report)
    post.send()
    code = derived_code(post.keys.settings.lookup_key, post.reference_of(report).hex())
    assert post.texts[0].startswith("Received")
    assert code in post.texts[0]


def test_no_code_is_stored_with_the_message(post: Post, contact: uuid.UUID) -> None:
    report = post.add_report(contact)
    identifier = post.queue(contact, MessagePurpose.ANSWER, template="received", report_id=report)
    post.send()
    assert post.message(identifier).text is None


def test_under_a_cover_nothing_but_the_cover_is_ever_said(post: Post) -> None:
    post.add_gateway("sim")
    contact = post.add_contact(has_cover=True)
    post.queue(contact, text="A quelle heure les hommes sont-ils venus ?")
    post.queue(contact, MessagePurpose.ANSWER, template="received", report_id=post.add_report(contact))
    assert post.send() == 2
    assert len(set(post.texts)) == 1
    assert "heure" not in post.texts[0]
    assert "-" not in post.texts[0]


def test_a_text_that_does_not_exist_is_given_up_and_holds_nobody_up(post: Post, contact: uuid.UUID) -> None:
    broken = post.queue(contact, MessagePurpose.ANSWER, template="no_such_text", is_urgent=True)
    without_report = post.queue(contact, MessagePurpose.ANSWER, template="received", is_urgent=True)
    good = post.queue(contact)
    post.send()
    assert post.state(broken) == (DeliveryState.FAILED, "wording")
    assert post.state(without_report) == (DeliveryState.FAILED, "no-report")
    assert post.state(good)[0] == DeliveryState.SENT


def test_a_number_that_cannot_be_opened_is_given_up(post: Post, contact: uuid.UUID) -> None:
    damaged = post.add_contact()
    post.change(Contact, damaged, sealed_address=b"\x01damaged")
    message = post.queue(damaged)
    assert post.send() == 0
    assert post.state(message) == (DeliveryState.FAILED, "address")


def test_whatsapp_is_not_answered_by_a_gateway_that_cannot(post: Post, contact: uuid.UUID) -> None:
    message = post.queue(contact, channel=Channel.WHATSAPP)
    assert post.send() == 0
    assert post.state(message)[0] == DeliveryState.QUEUED


def test_receipts_are_asked_for_where_the_provider_gives_them(post: Post, contact: uuid.UUID) -> None:
    post.queue(contact)
    post.send()
    post.add_gateway("other", "once", preference=-1)
    post.queue(post.add_contact())
    post.send()
    assert post.plain.given[0][1].status_url == "http://localhost/webhooks/sim/status"
    assert post.idempotent.given[0][1].status_url == ""


def test_an_address_for_receipts_holds_the_secret_of_a_provider_that_signs_nothing(post: Post) -> None:
    post.plain.capabilities |= {Capability.SECRET_PATH}
    secrets = encrypt_web_secrets(post.keys.settings, {"path_secret": "long-and-random"})
    post.add_gateway("sim", web_secrets=secrets)
    post.queue(post.add_contact())
    post.send()
    address = post.plain.given[0][1].status_url
    assert address == "http://localhost/webhooks/sim/status/long-and-random"


def test_a_message_nobody_foresaw_is_set_aside_and_holds_nobody_up(
    post: Post, contact: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = post.queue(contact, MessagePurpose.ANSWER, template="help", is_urgent=True)
    good = post.queue(contact)
    with monkeypatch.context() as patch:
        patch.setattr("workers.outbox.composing.wording", lambda *_: 1 / 0)
        post.send()
    assert post.state(good)[0] == DeliveryState.SENT
    assert post.state(broken)[0] == DeliveryState.QUEUED
    assert post.message(broken).available_at > utcnow() + timedelta(minutes=4)
    post.make_due()
    post.send()
    assert post.state(broken)[0] == DeliveryState.SENT


def test_only_workers_open_the_secrets_that_sending_takes(post: Post) -> None:
    secrets = seal({"password": "of the phone"}, post.keys.settings.intake_public_key)
    post.add_gateway("sim", settings={"address": "here"}, worker_secrets=secrets)
    post.queue(post.add_contact())
    post.send()
    (configuration,) = post.plain.configurations
    assert (configuration["address"], configuration["password"]) == ("here", "of the phone")
    assert "of the phone" not in repr(configuration)


def test_a_gateway_whose_secrets_are_sealed_to_another_key_is_as_if_it_were_not_there(post: Post) -> None:
    post.add_gateway("sealed", worker_secrets=seal({"password": "x"}, b"\x09" * 32))
    post.add_gateway("sim")
    post.queue(post.add_contact(last_gateway="sealed"))
    post.send()
    assert post.gone == ["sim"]


def test_what_was_sent_is_on_record_without_number_or_words(post: Post, contact: uuid.UUID) -> None:
    post.queue(contact)
    post.send()
    assert post.record() == [("message.sent", "worker", {"state": "sent", "gateway": "sim"})]


def test_what_was_not_sent_is_on_record_with_its_code(post: Post, contact: uuid.UUID) -> None:
    post.plain.answers["sim"] = [Outcome(Result.REFUSED, failure="fake-13")]
    post.queue(contact)
    post.send()
    detail = {"state": "failed", "gateway": "sim", "code": "fake-13"}
    assert post.record() == [("message.not_sent", "worker", detail)]
