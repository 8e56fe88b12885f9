"""When a gateway fails: who is tried next and when, and what is never sent a second time."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from app.clock import BAMAKO, utcnow
from app.database import transaction
from app.intake.gateways.protocol import Outcome, Result
from app.messaging.contacts import stop_contact
from app.messaging.receipts import take_receipt
from app.models import Contact, DeliveryState, Gateway, Message, SendAttempt
from tests.workers.outbox.conftest import Post
from workers.outbox import sending
from workers.outbox.outcomes import MOST_ATTEMPTS

LATER = Outcome(Result.LATER, failure="fake-busy")
REFUSED = Outcome(Result.REFUSED, failure="fake-refused")
UNKNOWN = Outcome(Result.UNKNOWN, failure="ReadTimeout")


class KilledError(BaseException):
    """The worker's process ends here."""


def kill(*_: object) -> None:
    raise KilledError


def test_the_first_failure_sends_it_elsewhere_at_once(post: Post, contact: uuid.UUID) -> None:
    post.add_gateway("other")
    post.plain.answers["sim"] = [LATER]
    message = post.queue(contact)
    assert post.send() == 2
    assert post.gone == ["sim", "other"]
    assert post.message(message).gateway == "other"
    assert post.state(message) == (DeliveryState.SENT, None)


def test_without_another_it_is_tried_again_after_a_growing_pause(post: Post, contact: uuid.UUID) -> None:
    post.plain.answers["sim"] = [LATER] * 3
    message = post.queue(contact)
    post.send()
    first = post.message(message).available_at
    assert first <= utcnow() + timedelta(seconds=15)
    assert post.state(message)[0] == DeliveryState.QUEUED
    for _ in range(3):
        post.make_due()
        post.send()
    assert post.state(message)[0] == DeliveryState.SENT


def test_a_provider_is_left_alone_as_long_as_it_asks(post: Post, contact: uuid.UUID) -> None:
    post.plain.answers["sim"] = [Outcome(Result.LATER, failure="429", retry_after_seconds=400)]
    message, other = post.queue(contact), post.queue(post.add_contact())
    post.send()
    soonest = utcnow() + timedelta(seconds=390)
    assert post.message(message).available_at > soonest
    assert post.message(other).available_at > soonest
    assert post.gone == ["sim"]


def test_after_eight_tries_it_is_given_up(post: Post, contact: uuid.UUID) -> None:
    post.plain.answers["sim"] = [LATER] * 20
    message = post.queue(contact)
    for _ in range(12):
        post.make_due()
        post.send()
    assert len(post.gone) == MOST_ATTEMPTS
    assert post.state(message) == (DeliveryState.FAILED, "fake-busy")


def test_what_would_be_too_late_is_given_up(post: Post, contact: uuid.UUID) -> None:
    post.plain.answers["sim"] = [Outcome(Result.LATER, failure="429", retry_after_seconds=60)]
    message = post.queue(contact)
    post.change(Message, message, expires_at=utcnow() + timedelta(seconds=30))
    post.send()
    assert post.state(message) == (DeliveryState.FAILED, "429")


def test_what_one_gateway_refuses_one_other_may_take(post: Post, contact: uuid.UUID) -> None:
    for slug in ("second", "third"):
        post.add_gateway(slug)
    post.plain.answers = {"sim": [REFUSED], "second": [REFUSED]}
    message = post.queue(contact)
    post.send()
    assert post.gone == ["sim", "second"]
    assert post.state(message) == (DeliveryState.FAILED, "fake-refused")


def test_a_gateway_that_fails_three_times_rests_and_then_is_tried_again(
    post: Post, contact: uuid.UUID
) -> None:
    post.plain.answers["sim"] = [LATER] * 3
    for _ in range(4):
        post.queue(contact)
    assert post.send() == 3
    resting = post.gateway_state("sim")
    assert resting.failures_in_a_row == 3
    assert resting.resting_until
    assert resting.resting_until > utcnow() + timedelta(seconds=100)
    post.make_due()
    assert post.send() == 4
    assert post.gateway_state("sim").failures_in_a_row == 0


def test_what_nobody_can_tell_is_marked_unknown_and_not_repeated(post: Post, contact: uuid.UUID) -> None:
    post.add_gateway("other")
    post.plain.answers["sim"] = [UNKNOWN]
    message = post.queue(contact)
    post.send()
    post.make_due()
    post.send()
    assert post.gone == ["sim"]
    assert post.state(message) == (DeliveryState.UNKNOWN, "ReadTimeout")
    assert post.record()[-1][2] == {"state": "unknown", "gateway": "sim", "code": "ReadTimeout"}


def test_a_provider_that_breaks_its_word_and_raises_leaves_it_unknown(post: Post, contact: uuid.UUID) -> None:
    post.plain.answers["sim"] = [RuntimeError("+22376123456")]
    message = post.queue(contact)
    post.send()
    assert post.state(message) == (DeliveryState.UNKNOWN, "RuntimeError")


def test_the_same_message_goes_again_where_it_is_sent_once(post: Post) -> None:
    post.add_gateway("sim", "once")
    post.add_gateway("other")
    post.idempotent.answers["sim"] = [UNKNOWN, UNKNOWN]
    message = post.queue(post.add_contact())
    for _ in range(3):
        post.send()
        post.make_due()
    assert post.gone == ["sim"] * 3
    assert {outgoing.message_id for _, outgoing in post.idempotent.given} == {message}
    assert post.state(message)[0] == DeliveryState.SENT


def test_after_three_doubtful_calls_even_that_is_unknown(post: Post) -> None:
    post.add_gateway("sim", "once")
    post.add_gateway("other")
    post.idempotent.answers["sim"] = [UNKNOWN] * 5
    message = post.queue(post.add_contact())
    for _ in range(5):
        post.send()
        post.make_due()
    assert post.gone == ["sim"] * 3
    assert post.state(message) == (DeliveryState.UNKNOWN, "ReadTimeout")


@pytest.mark.parametrize("last", [REFUSED, Outcome(Result.OPTED_OUT, failure="out")])
def test_after_a_doubtful_call_nothing_is_told_as_not_sent(post: Post, last: Outcome) -> None:
    post.add_gateway("sim", "once")
    post.add_gateway("other")
    post.idempotent.answers["sim"] = [UNKNOWN, last]
    message = post.queue(post.add_contact())
    for _ in range(3):
        post.send()
        post.make_due()
    assert post.gone == ["sim"] * 2
    assert post.state(message)[0] == DeliveryState.UNKNOWN


def test_a_doubtful_message_whose_gateway_was_switched_off_is_unknown(post: Post) -> None:
    post.add_gateway("sim", "once")
    post.add_gateway("other")
    post.idempotent.answers["sim"] = [UNKNOWN]
    message = post.queue(post.add_contact())
    post.send()
    with transaction() as session:
        session.query(Gateway).filter_by(slug="sim").update({"is_enabled": False})
    post.make_due()
    post.send()
    assert post.gone == ["sim"]
    assert post.state(message) == (DeliveryState.UNKNOWN, "ReadTimeout")


def test_a_crash_after_the_provider_took_it_is_unknown_and_never_sent_again(
    post: Post, contact: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = post.queue(contact)
    with monkeypatch.context() as patch:
        patch.setattr("workers.outbox.sending.record_outcome", kill)
        with pytest.raises(KilledError):
            post.send()
    assert post.state(message)[0] == DeliveryState.SENDING
    assert post.send() == 0  # its claim holds
    post.make_due()
    post.send()
    assert len(post.plain.given) == 1
    assert post.state(message) == (DeliveryState.UNKNOWN, "interrupted")


def test_a_crash_where_it_is_sent_once_is_made_good_with_the_same_id(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.add_gateway("sim", "once")
    message = post.queue(post.add_contact())
    with monkeypatch.context() as patch:
        patch.setattr("workers.outbox.sending.record_outcome", kill)
        with pytest.raises(KilledError):
            post.send()
    post.make_due()
    post.send()
    assert [outgoing.message_id for _, outgoing in post.idempotent.given] == [message] * 2
    assert post.state(message)[0] == DeliveryState.SENT


def test_a_receipt_settles_what_nobody_could_tell(post: Post, contact: uuid.UUID) -> None:
    """The provider's answer was lost, but it can still be found out by hand which reference it gave."""
    post.plain.answers["sim"] = [UNKNOWN]
    message = post.queue(contact)
    post.send()
    (attempt,) = post.attempts()
    post.change(SendAttempt, attempt.id, provider_reference="late-1")
    with transaction() as session:
        take_receipt(session, "sim", "late-1", DeliveryState.DELIVERED, "")
    assert post.state(message)[0] == DeliveryState.DELIVERED


def test_an_answer_that_comes_after_the_claim_ran_out_still_counts(
    post: Post, contact: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = post.queue(contact)

    def meanwhile(_: object) -> None:
        monkeypatch.setattr(post.plain, "while_sending", lambda _: None)
        post.make_due()
        post.send()
        assert post.state(message) == (DeliveryState.UNKNOWN, "interrupted")

    post.plain.while_sending = meanwhile
    post.send()
    assert len(post.plain.given) == 1
    assert post.state(message) == (DeliveryState.SENT, None)


def test_a_late_failure_does_not_bring_back_what_was_given_up(post: Post, contact: uuid.UUID) -> None:
    post.plain.answers["sim"] = [LATER]
    message = post.queue(contact)

    def meanwhile(_: object) -> None:
        post.plain.while_sending = lambda _: None
        post.make_due()
        post.send()

    post.plain.while_sending = meanwhile
    post.send()
    post.make_due()
    post.send()
    assert len(post.plain.given) == 1
    assert post.state(message) == (DeliveryState.UNKNOWN, "interrupted")


def test_a_database_that_is_away_for_a_moment_makes_nothing_unknown(
    post: Post, contact: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failures = sending.record_outcome, [OperationalError("", {}, Exception())]

    def flaky(*arguments: object) -> None:
        if failures:
            raise failures.pop()
        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(sending, "record_outcome", flaky)
    message = post.queue(contact)
    post.send()
    assert len(post.plain.given) == 1
    assert post.state(message)[0] == DeliveryState.SENT


def test_who_stops_after_a_doubtful_call_gets_nothing_more_and_nothing_is_told_as_not_sent(
    post: Post,
) -> None:
    post.add_gateway("sim", "once")
    post.idempotent.answers["sim"] = [UNKNOWN]
    contact = post.add_contact()
    message = post.queue(contact)
    post.send()
    with transaction() as session:
        stop_contact(session, session.get_one(Contact, contact), "reporter")
    post.make_due()
    assert post.send() == 0
    assert post.state(message) == (DeliveryState.UNKNOWN, "stopped")


def test_a_doubtful_message_waits_for_the_hours_without_being_queued_anew(post: Post) -> None:
    post.add_gateway("sim", "once")
    post.add_gateway("other")
    post.idempotent.answers["sim"] = [UNKNOWN]
    contact = post.add_contact()
    message = post.queue(contact)
    post.send()
    minute = utcnow().astimezone(BAMAKO).hour * 60
    hours = {"safe_from_minute": (minute + 120) % 1440, "safe_until_minute": (minute + 180) % 1440}
    post.change(Contact, contact, **hours)
    post.make_due()
    assert post.send() == 0
    waiting = post.message(message)
    assert waiting.state == DeliveryState.SENDING
    assert waiting.claimed_until
    assert waiting.claimed_until > utcnow() + timedelta(minutes=50)
