"""Delivery receipts: twice, late, early, in any order; all kept, and the same state in the end."""

from __future__ import annotations

import threading
import time
import uuid

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.database import close_session, db, transaction
from app.intake.gateways.protocol import Outcome, Result
from app.messaging.receipts import take_receipt
from app.messaging.states import forward
from app.models import DeliveryReceipt, DeliveryState, Message
from tests.workers.outbox.conftest import Post

TOLD = (DeliveryState.SENT, DeliveryState.UNDELIVERED, DeliveryState.DELIVERED, DeliveryState.FAILED)


def tell(reference: str, state: DeliveryState, code: str = "") -> None:
    with transaction() as session:
        take_receipt(session, "sim", reference, state, code)


def kept() -> int:
    """How many receipts are kept."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(DeliveryReceipt)) or 0


def test_a_receipt_moves_its_message_forward_and_tells_why_it_failed(post: Post, contact: uuid.UUID) -> None:
    message = post.queue(contact)
    post.send()
    tell("fake-1", DeliveryState.UNDELIVERED, "30003")
    assert post.state(message) == (DeliveryState.UNDELIVERED, "sim-30003")
    tell("fake-1", DeliveryState.DELIVERED, "0")
    assert post.state(message) == (DeliveryState.DELIVERED, None)


def test_a_receipt_that_comes_twice_is_kept_twice_and_changes_nothing(post: Post, contact: uuid.UUID) -> None:
    message = post.queue(contact)
    post.send()
    for _ in range(2):
        tell("fake-1", DeliveryState.DELIVERED)
    assert post.state(message)[0] == DeliveryState.DELIVERED
    assert kept() == 2


def test_a_receipt_of_somebody_elses_message_is_kept_and_moves_nothing(
    post: Post, contact: uuid.UUID
) -> None:
    message = post.queue(contact)
    post.send()
    tell("another-1", DeliveryState.FAILED)
    with transaction() as session:
        take_receipt(session, "other", "fake-1", DeliveryState.FAILED, "")  # another gateway's fake-1
    assert post.state(message)[0] == DeliveryState.SENT
    assert kept() == 2


def test_a_receipt_that_is_faster_than_the_answer_waits_for_it(post: Post, contact: uuid.UUID) -> None:
    post.plain.while_sending = lambda _: tell("fake-1", DeliveryState.DELIVERED)
    message = post.queue(contact)
    post.send()
    assert post.state(message)[0] == DeliveryState.DELIVERED
    assert post.record()[-1][0] == "message.sent"


def test_a_cancelled_text_stays_cancelled(post: Post, contact: uuid.UUID) -> None:
    message = post.queue(contact)
    post.send()
    post.change(Message, message, state=DeliveryState.CANCELLED)
    tell("fake-1", DeliveryState.DELIVERED)
    assert post.state(message)[0] == DeliveryState.CANCELLED


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(early=st.lists(st.sampled_from(TOLD), max_size=3), late=st.lists(st.sampled_from(TOLD), max_size=3))
def test_any_order_ends_in_the_same_state(
    post: Post, contact: uuid.UUID, early: list[DeliveryState], late: list[DeliveryState]
) -> None:
    reference = f"fake-{len(post.plain.given) + 1}"
    post.plain.while_sending = lambda _: [tell(reference, state) for state in early] and None
    message = post.queue(contact)
    before = kept()
    post.send()
    for state in late:
        tell(reference, state)
    expected = DeliveryState.SENT
    for state in sorted([*early, *late]):
        expected = forward(expected, state)
    assert post.state(message)[0] == expected
    assert kept() == before + len(early) + len(late)


def test_receipts_that_come_while_the_answer_is_written_down_find_each_other(
    app: Flask, post: Post, contact: uuid.UUID
) -> None:
    """The receipt is being written when the acceptance comes: neither sees the other's row yet."""
    is_written = threading.Event()

    def tell_slowly() -> None:
        with app.app_context():
            with transaction() as session:
                take_receipt(session, "sim", "fake-1", DeliveryState.DELIVERED, "")
                session.flush()
                is_written.set()
                time.sleep(0.4)
            close_session()

    thread = threading.Thread(target=tell_slowly)

    def meanwhile(_: object) -> None:
        thread.start()
        assert is_written.wait(10)

    post.plain.while_sending = meanwhile
    message = post.queue(contact)
    post.send()
    thread.join(10)
    assert post.state(message)[0] == DeliveryState.DELIVERED


def test_a_receipt_settles_a_call_whose_answer_was_lost_where_we_know_its_reference(
    post: Post, contact: uuid.UUID
) -> None:
    post.plain.answers["sim"] = [Outcome(Result.UNKNOWN, "ours-1", "ReadTimeout")]
    message = post.queue(contact)
    post.send()
    assert post.state(message)[0] == DeliveryState.UNKNOWN
    tell("ours-1", DeliveryState.SENT)
    sent = post.message(message)
    assert (sent.state, sent.failure, sent.gateway) == (DeliveryState.SENT, None, "sim")
    assert sent.sent_at is not None


def test_a_receipt_that_came_before_a_doubtful_answer_settles_it_too(post: Post) -> None:
    post.add_gateway("sim", "once")
    post.idempotent.answers["sim"] = [Outcome(Result.UNKNOWN, "ours-1", "ReadTimeout")]
    post.idempotent.while_sending = lambda _: tell("ours-1", DeliveryState.DELIVERED)
    message = post.queue(post.add_contact())
    post.send()
    post.make_due()
    assert post.send() == 0
    assert post.state(message)[0] == DeliveryState.DELIVERED
