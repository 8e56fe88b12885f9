"""Any number of workers may send at once: each message is one worker's, and budgets and rates hold."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import func, select

from app.audit import verify
from app.database import close_session, db, transaction
from app.intake.gateways.protocol import Outcome, Result
from app.messaging.contacts import stop_contact
from app.messaging.policy import locked_policy
from app.models import Contact, Message, MessagePurpose, SendAttempt
from tests.workers.outbox.conftest import Post

WORKERS = 8


def send_from_all(app: Flask, post: Post, workers: int = WORKERS) -> int:
    """Let so many workers send until nothing is due; how many calls they made together."""

    def work(_: int) -> int:
        with app.app_context():
            try:
                return post.send()
            finally:
                close_session()

    with ThreadPoolExecutor(workers) as pool:
        return sum(pool.map(work, range(workers)))


def counts() -> dict[str, int]:
    """Messages by state."""
    db.session.rollback()
    rows = db.session.execute(select(Message.state, func.count()).group_by(Message.state))
    return dict(rows.all())


def test_eight_workers_send_a_hundred_messages_once_each(app: Flask, post: Post) -> None:
    post.add_gateway("sim")
    contacts = [post.add_contact() for _ in range(10)]
    messages = {post.queue(contacts[number % 10]) for number in range(100)}
    assert send_from_all(app, post) == 100
    sent = Counter(outgoing.message_id for _, outgoing in post.plain.given)
    assert sent == dict.fromkeys(messages, 1)
    assert counts() == {"sent": 100}
    with transaction() as session:
        assert list(verify(session)) == []


def test_they_do_not_overrun_a_budget_together(app: Flask, post: Post) -> None:
    post.add_gateway("sim")
    with transaction() as session:
        policy = locked_policy(session)
        policy.answers_per_contact, policy.messages_per_day = 3, 12
    for contact in [post.add_contact() for _ in range(3)]:
        for _ in range(6):
            post.queue(contact, MessagePurpose.ANSWER, template="help")
    post.plain.while_sending = lambda _: time.sleep(0.01)
    assert send_from_all(app, post) == 9
    assert counts() == {"sent": 9, "cancelled": 9}


def test_they_do_not_overrun_a_rate_together(app: Flask, post: Post) -> None:
    post.add_gateway("sim", segments_per_minute=15)  # five at once, and one every four seconds
    contact = post.add_contact()
    for _ in range(40):
        post.queue(contact)
    started = time.monotonic()
    calls = send_from_all(app, post, 4)
    assert 6 <= calls <= 6 + (time.monotonic() - started) / 4
    waiting = [message.available_at for message in all_messages() if message.state == "queued"]
    assert len(waiting) == 40 - calls
    assert (max(waiting) - min(waiting)).total_seconds() > 20  # not all at the same moment


def test_stop_while_they_send_is_the_end(app: Flask, post: Post) -> None:
    post.add_gateway("sim")
    contact = post.add_contact()
    for _ in range(60):
        post.queue(contact)
    post.plain.while_sending = lambda _: time.sleep(0.01)
    stopped = threading.Event()
    after: list[uuid.UUID] = []

    def stop() -> None:
        while len(post.plain.given) < 10:
            time.sleep(0.005)
        with app.app_context(), transaction() as session:
            row = session.get_one(Contact, contact, with_for_update=True)
            stop_contact(session, row, "reporter")
        stopped.set()

    thread = threading.Thread(target=stop)
    thread.start()
    send_from_all(app, post, 4)
    thread.join(10)
    assert stopped.is_set()
    stopped_at = post.contact(contact).stopped_at
    after = [attempt.id for attempt in post.attempts() if stopped_at and attempt.started_at > stopped_at]
    assert len(after) <= 4  # those that had been claimed before the stop was durable
    assert counts()["cancelled"] >= 60 - 10 - 2 * 4
    assert set(counts()) == {"sent", "cancelled"}


def test_failures_at_random_lose_and_double_nothing(app: Flask, post: Post) -> None:
    post.add_gateway("sim", "once")
    post.add_gateway("other")
    later, unknown = Outcome(Result.LATER, failure="busy"), Outcome(Result.UNKNOWN, failure="Timeout")
    post.idempotent.answers["sim"] = [later, unknown, RuntimeError()] * 5
    post.plain.answers["other"] = [later, unknown, later] * 5
    messages = {post.queue(post.add_contact()) for _ in range(24)}
    ended = counts()
    while set(ended) & {"queued", "sending"}:
        post.make_due()
        send_from_all(app, post, 4)
        ended = counts()
    assert set(ended) == {"sent", "unknown"}
    assert sum(ended.values()) == 24
    taken = accepted_or_doubtful()
    assert set(taken) == messages
    assert max(taken.values()) == 1  # by one gateway each: the other never got what the first may have sent


def accepted_or_doubtful() -> Counter[uuid.UUID]:
    """By how many gateways a message was, or may have been, taken."""
    db.session.rollback()
    rows = db.session.execute(
        select(SendAttempt.message_id, SendAttempt.gateway)
        .where(SendAttempt.result.in_(["accepted", "unknown", ""]))
        .distinct()
    )
    return Counter(row.message_id for row in rows)


def all_messages() -> list[Message]:
    """Every message as it stands."""
    with transaction() as session:
        return list(session.scalars(select(Message)))
