"""What people asked of us, and what budgets allow, is kept by the outbox itself."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from app.clock import utcnow
from app.database import transaction
from app.intake.gateways.protocol import Outcome, Result
from app.messaging.contacts import Wishes, set_wishes, start_contact, stop_contact
from app.messaging.policy import locked_policy
from app.models import Contact, DeliveryState, Message, MessagePurpose, Report, ReportState
from app.sealing import seal
from tests.workers.outbox.conftest import NUMBER, Post

NIGHT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)  # also in Bamako


def stop(contact_id: uuid.UUID) -> None:
    with transaction() as session:
        stop_contact(session, session.get_one(Contact, contact_id), "reporter")


def wish(contact_id: uuid.UUID, wishes: Wishes) -> None:
    with transaction() as session:
        set_wishes(session, session.get_one(Contact, contact_id), wishes, actor="reporter")


def limit(**columns: int) -> None:
    with transaction() as session:
        policy = locked_policy(session)
        for name, value in columns.items():
            setattr(policy, name, value)


def test_after_stop_nothing_is_sent_until_start(post: Post, contact: uuid.UUID) -> None:
    before = post.queue(contact)
    stop(contact)
    after = post.queue(contact, is_urgent=True)
    post.send()
    assert post.gone == []
    assert post.state(before) == (DeliveryState.CANCELLED, "stopped")
    assert post.state(after) == (DeliveryState.CANCELLED, "stopped")
    with transaction() as session:
        start_contact(session, session.get_one(Contact, contact), "reporter")
    again = post.queue(contact)
    post.make_due()
    post.send()
    assert [outgoing.message_id for _, outgoing in post.plain.given] == [again]


def test_stop_between_two_tries_is_honoured(post: Post, contact: uuid.UUID) -> None:
    post.plain.answers["sim"] = [Outcome(Result.LATER, failure="busy")]
    message = post.queue(contact)
    post.send()
    post.change(Contact, contact, stopped_at=utcnow())
    post.make_due()
    post.send()
    assert len(post.gone) == 1
    assert post.state(message) == (DeliveryState.CANCELLED, "stopped")


def test_who_told_the_provider_to_stop_has_stopped_here_too(post: Post, contact: uuid.UUID) -> None:
    post.plain.answers["sim"] = [Outcome(Result.OPTED_OUT, failure="fake-out")]
    first, second = post.queue(contact, is_urgent=True), post.queue(contact)
    post.send()
    assert post.gone == ["sim"]
    assert post.state(first) == (DeliveryState.CANCELLED, "opted-out")
    assert post.state(second) == (DeliveryState.CANCELLED, "stopped")
    assert [action for action, *_ in post.record()] == ["message.not_sent", "contact.stopped"]


def test_who_never_wants_to_be_written_to_never_is(post: Post, contact: uuid.UUID) -> None:
    wish(contact, Wishes(is_never_written=True))
    message = post.queue(contact)
    post.send()
    assert post.gone == []
    assert post.state(message) == (DeliveryState.CANCELLED, "never")


def test_outside_the_hours_a_text_waits_for_them(post: Post, contact: uuid.UUID) -> None:
    wish(contact, Wishes(safe_from_minute=8 * 60, safe_until_minute=20 * 60))
    with time_machine.travel(NIGHT, tick=False):
        message = post.queue(contact)
        assert post.send() == 0
        assert post.message(message).available_at == NIGHT.replace(hour=8)
    with time_machine.travel(NIGHT.replace(hour=8), tick=False):
        assert post.send() == 1


def test_a_text_nobody_wants_any_more_is_not_sent(post: Post, contact: uuid.UUID) -> None:
    message = post.queue(contact)
    post.change(Message, message, expires_at=utcnow() - timedelta(seconds=1))
    post.send()
    assert post.gone == []
    assert post.state(message) == (DeliveryState.CANCELLED, "expired")


def test_nothing_is_sent_about_a_withdrawn_report_but_the_answer_to_withdrawing(
    post: Post, contact: uuid.UUID
) -> None:
    report = post.add_report(contact)
    before = post.queue(contact, MessagePurpose.ANSWER, report_id=report, template="status_received")
    post.change(Report, report, state=ReportState.WITHDRAWN, withdrawn_at=utcnow())
    question = post.queue(contact, report_id=report)
    answer = post.queue(contact, MessagePurpose.ANSWER, report_id=report, template="withdrawn")
    post.send()
    assert post.state(before) == (DeliveryState.CANCELLED, "withdrawn")
    assert post.state(question) == (DeliveryState.CANCELLED, "withdrawn")
    assert [outgoing.message_id for _, outgoing in post.plain.given] == [answer]


def test_a_machine_gets_no_automatic_answer(post: Post) -> None:
    post.add_gateway("sim")
    machine = post.add_contact("INFO", is_machine=True)
    answer = post.queue(machine, MessagePurpose.ANSWER, template="help")
    post.queue(machine, text="Qui etes-vous ?")
    post.send()
    assert post.texts == ["Qui etes-vous ?"]
    assert post.state(answer) == (DeliveryState.CANCELLED, "machine")


def test_a_loop_stops_at_the_contacts_budget_and_a_colleague_can_still_ask(
    post: Post, contact: uuid.UUID
) -> None:
    limit(answers_per_contact=2)
    answers = [post.queue(contact, MessagePurpose.ANSWER, template="help") for _ in range(4)]
    question = post.queue(contact)
    post.send()
    states = [post.state(answer) for answer in answers]
    assert states == [("sent", None)] * 2 + [("cancelled", "budget-contact")] * 2
    assert post.state(question)[0] == DeliveryState.SENT


def test_the_budget_of_one_contact_is_not_that_of_another(post: Post, contact: uuid.UUID) -> None:
    limit(answers_per_contact=1)
    for each in (contact, post.add_contact()):
        post.queue(each, MessagePurpose.ANSWER, template="help")
    assert post.send() == 2


def test_a_try_that_sent_nothing_uses_no_budget(post: Post, contact: uuid.UUID) -> None:
    limit(answers_per_contact=1)
    post.plain.answers["sim"] = [Outcome(Result.LATER, failure="busy")]
    message = post.queue(contact, MessagePurpose.ANSWER, template="help")
    post.send()
    post.make_due()
    post.send()
    assert post.state(message)[0] == DeliveryState.SENT


def test_when_the_days_budget_is_used_questions_wait_for_tomorrow_and_the_machine_is_silent(
    post: Post, contact: uuid.UUID
) -> None:
    limit(messages_per_day=1)
    with time_machine.travel(NIGHT, tick=False):
        post.queue(contact)
        post.send()
        question = post.queue(contact)
        answer = post.queue(contact, MessagePurpose.ANSWER, template="help")
        post.send()
        assert len(post.gone) == 1
        assert post.state(answer) == (DeliveryState.CANCELLED, "budget")
        assert post.message(question).available_at == NIGHT.replace(hour=0) + timedelta(days=1)
    with time_machine.travel(NIGHT.replace(hour=0) + timedelta(days=1), tick=False):
        assert post.send() == 1


def test_administrators_are_warned_once_when_four_fifths_are_used(post: Post, contact: uuid.UUID) -> None:
    limit(messages_per_day=5)
    with time_machine.travel(NIGHT, tick=False):
        for expected in (0, 0, 0, 1, 1):
            post.queue(contact)
            post.send()
            warnings = [entry for entry in post.record() if entry[0] == "messaging.budget_nearly_used"]
            assert len(warnings) == expected
        assert warnings[0][2] == {"used": 4, "budget": 5}


def test_a_test_goes_to_the_number_typed_by_its_gateway_only_and_tells_at_once(post: Post) -> None:
    post.add_gateway("first")
    post.add_gateway("tried", is_sending=False)
    sealed = seal({"address": NUMBER}, post.keys.settings.intake_public_key)
    arguments = {"template": "help", "gateway": "tried", "sealed_address": sealed}
    works = post.queue(None, MessagePurpose.TEST, **arguments)
    post.send()
    assert post.gone == ["tried"]
    assert post.state(works)[0] == DeliveryState.SENT
    post.plain.answers["tried"] = [Outcome(Result.LATER, failure="fake-401")]
    fails = post.queue(None, MessagePurpose.TEST, **arguments)
    post.send()
    assert post.gone == ["tried", "tried"]
    assert post.state(fails) == (DeliveryState.FAILED, "fake-401")


@pytest.mark.parametrize("purpose", [MessagePurpose.QUESTION, MessagePurpose.ANSWER])
def test_a_text_to_nobody_is_not_sent(post: Post, purpose: MessagePurpose) -> None:
    post.add_gateway("sim")
    message = post.queue(None, purpose)
    post.send()
    assert post.state(message) == (DeliveryState.CANCELLED, "no-contact")
