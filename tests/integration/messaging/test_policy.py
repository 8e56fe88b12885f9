"""Budgets of a day, which begins at midnight in Bamako."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask

from app.database import transaction
from app.messaging import policy
from app.messaging.policy import Verdict
from app.models import Contact, Message, MessagePurpose, MessagingPolicy

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
Make = Callable[..., Contact]
Queue = Callable[..., Message]
Attempt = Callable[..., None]


def set_limits(**columns: int) -> None:
    with transaction() as session:
        found = policy.locked_policy(session)
        for name, value in columns.items():
            setattr(found, name, value)


def verdict(contact: Contact, purpose: MessagePurpose, now: datetime = NOON) -> Verdict:
    with transaction() as session:
        return policy.budget(session, contact.id, purpose, now)


def test_until_somebody_sets_limits_the_shipped_ones_hold(app: Flask) -> None:
    with transaction() as session:
        shipped = policy.current_policy(session)
        assert session.get(MessagingPolicy, 1) is None
        stored = policy.locked_policy(session)
    for name in ("answers_per_contact", "messages_per_day", "currency"):
        assert getattr(shipped, name) == getattr(stored, name)


def test_midnight_is_that_of_bamako_wherever_the_server_stands() -> None:
    in_paris = NOON.astimezone(timezone(timedelta(hours=2)))
    assert policy.start_of_day(in_paris) == NOON.replace(hour=0)


def test_only_what_the_machine_says_counts_for_a_contact(
    make_contact: Make, queue: Queue, attempt: Attempt
) -> None:
    set_limits(answers_per_contact=2)
    contact = make_contact()
    attempt(queue(contact, MessagePurpose.QUESTION), NOON)
    attempt(queue(contact, MessagePurpose.PROMPT), NOON)
    assert verdict(contact, MessagePurpose.ANSWER) is Verdict.FREE
    attempt(queue(contact, MessagePurpose.ANSWER), NOON)
    assert verdict(contact, MessagePurpose.ANSWER) is Verdict.CONTACT_USED
    assert verdict(contact, MessagePurpose.PROMPT) is Verdict.CONTACT_USED
    assert verdict(contact, MessagePurpose.QUESTION) is Verdict.FREE


@pytest.mark.parametrize(
    ("result", "counts"), [("accepted", 1), ("unknown", 1), ("", 1), ("later", 0), ("refused", 0)]
)
def test_what_may_have_been_sent_counts_once(
    make_contact: Make, queue: Queue, attempt: Attempt, result: str, counts: int
) -> None:
    message = queue(make_contact())
    for _ in range(2):
        attempt(message, NOON, result)
    with transaction() as session:
        assert policy.messages_today(session, NOON) == counts


def test_yesterdays_messages_do_not_count(make_contact: Make, queue: Queue, attempt: Attempt) -> None:
    set_limits(answers_per_contact=1, messages_per_day=1)
    contact = make_contact()
    attempt(queue(contact), NOON.replace(hour=0) - timedelta(seconds=1))
    assert verdict(contact, MessagePurpose.ANSWER) is Verdict.FREE
    attempt(queue(contact), NOON.replace(hour=0))
    assert verdict(contact, MessagePurpose.ANSWER) is Verdict.CONTACT_USED
    assert verdict(make_contact(), MessagePurpose.QUESTION) is Verdict.INSTALLATION_USED


def test_may_answer_says_both_in_one(make_contact: Make, queue: Queue, attempt: Attempt) -> None:
    contact = make_contact()
    set_limits(answers_per_contact=1)
    with transaction() as session:
        assert policy.may_answer(session, contact.id, MessagePurpose.ANSWER, NOON)
    attempt(queue(contact), NOON)
    with transaction() as session:
        assert not policy.may_answer(session, contact.id, MessagePurpose.ANSWER, NOON)
        assert policy.may_answer(session, None, MessagePurpose.ANSWER, NOON)


def test_the_warning_comes_at_four_fifths_and_once_a_day(
    make_contact: Make, queue: Queue, attempt: Attempt
) -> None:
    set_limits(messages_per_day=5)
    contact = make_contact()

    def warned(now: datetime) -> bool:
        with transaction() as session:
            return policy.warn_if_nearly_used(session, now)

    for expected in (False, False, False, True, False):
        attempt(queue(contact), NOON)
        assert warned(NOON) is expected
    tomorrow = NOON + timedelta(days=1)
    assert not warned(tomorrow)
    for _ in range(4):
        attempt(queue(contact), tomorrow)
    assert warned(tomorrow)
