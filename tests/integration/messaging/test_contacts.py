"""STOP, START and wishes, as they are kept and put on record."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from app.clock import utcnow
from app.database import transaction
from app.messaging.contacts import Wishes, set_wishes, start_contact, stop_contact, wishes_of
from app.messaging.outbox import has_due_messages
from app.models import AuditEntry, Channel, Contact, DeliveryState, Message, MessagePurpose, Report

Make = Callable[..., Contact]
Queue = Callable[..., Message]


def record() -> list[tuple[str, str, str, dict[str, object]]]:
    with transaction() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence)).all()
        return [(entry.action, entry.actor, entry.subject, entry.detail) for entry in entries]


def state(message: Message) -> tuple[str, str | None]:
    with transaction() as session:
        found = session.get_one(Message, message.id)
        return found.state, found.failure


def stop(contact: Contact) -> int:
    with transaction() as session:
        return stop_contact(session, session.get_one(Contact, contact.id), "reporter")


def test_stop_cancels_everything_that_waits_for_this_person_only(make_contact: Make, queue: Queue) -> None:
    contact, other = make_contact(), make_contact()
    waiting = [queue(contact), queue(contact, MessagePurpose.QUESTION)]
    others = queue(other)
    assert stop(contact) == 2
    assert [state(message) for message in waiting] == [(DeliveryState.CANCELLED, "stopped")] * 2
    assert state(others)[0] == DeliveryState.QUEUED
    assert record() == [("contact.stopped", "reporter", f"contact:{contact.id}", {"cancelled": 2})]


def test_stop_also_cancels_what_is_queued_for_their_report_alone(make_contact: Make, queue: Queue) -> None:
    contact = make_contact()
    with transaction() as session:
        report = Report(
            id=uuid.uuid4(),
            channel=Channel.SMS,
            channel_reference=b"r" * 32,
            receipt_hash=b"h" * 32,
            received_at=utcnow(),
            contact_id=contact.id,
        )
        session.add(report)
    message = queue(contact, report_id=report.id)
    with transaction() as session:
        session.get_one(Message, message.id).contact_id = None
    stop(contact)
    assert state(message)[0] == DeliveryState.CANCELLED


def test_what_was_sent_stays_sent(make_contact: Make, queue: Queue) -> None:
    contact = make_contact()
    message = queue(contact)
    with transaction() as session:
        session.get_one(Message, message.id).state = DeliveryState.SENT
    assert stop(contact) == 0
    assert state(message)[0] == DeliveryState.SENT


def test_a_second_stop_keeps_the_first_moment_and_is_not_recorded_again(make_contact: Make) -> None:
    contact = make_contact()
    stop(contact)
    with transaction() as session:
        first = session.get_one(Contact, contact.id).stopped_at
    stop(contact)
    with transaction() as session:
        assert session.get_one(Contact, contact.id).stopped_at == first
    assert len(record()) == 1


def test_start_allows_again_but_brings_nothing_back_and_undoes_no_never(
    make_contact: Make, queue: Queue
) -> None:
    contact = make_contact(is_never_written=True)
    message = queue(contact)
    stop(contact)
    for _ in range(2):
        with transaction() as session:
            start_contact(session, session.get_one(Contact, contact.id), "reporter")
    with transaction() as session:
        found = session.get_one(Contact, contact.id)
    assert (found.stopped_at, found.is_never_written) == (None, True)
    assert state(message)[0] == DeliveryState.CANCELLED
    assert [action for action, *_ in record()] == ["contact.stopped", "contact.started"]


def test_wishes_are_kept_and_only_which_changed_is_on_record(make_contact: Make, queue: Queue) -> None:
    contact, wishes = make_contact(), Wishes(safe_from_minute=1320, safe_until_minute=300, has_cover=True)
    message = queue(contact)
    for _ in range(2):
        with transaction() as session:
            set_wishes(session, session.get_one(Contact, contact.id), wishes, actor="user:1")
    with transaction() as session:
        assert wishes_of(session.get_one(Contact, contact.id)) == wishes
    changed = {"changed": ["safe_from_minute", "safe_until_minute", "has_cover"]}
    assert record() == [("contact.wishes_changed", "user:1", f"contact:{contact.id}", changed)]
    assert state(message)[0] == DeliveryState.QUEUED


def test_never_cancels_what_is_queued(make_contact: Make, queue: Queue) -> None:
    contact = make_contact()
    message = queue(contact)
    with transaction() as session:
        found = session.get_one(Contact, contact.id)
        set_wishes(session, found, Wishes(is_never_written=True), actor="reporter")
    assert state(message) == (DeliveryState.CANCELLED, "never")


def test_a_text_is_due_when_its_turn_has_come_or_its_worker_was_lost(
    make_contact: Make, queue: Queue
) -> None:
    message, now = queue(make_contact()), utcnow()
    cases = [
        ({"state": DeliveryState.QUEUED, "available_at": now}, True),
        ({"state": DeliveryState.QUEUED, "available_at": now + timedelta(seconds=1)}, False),
        ({"state": DeliveryState.SENDING, "claimed_until": now + timedelta(seconds=1)}, False),
        ({"state": DeliveryState.SENDING, "claimed_until": now}, True),
        ({"state": DeliveryState.SENDING, "claimed_until": None}, True),
        ({"state": DeliveryState.SENT, "claimed_until": None}, False),
    ]
    for columns, expected in cases:
        with transaction() as session:
            found = session.get_one(Message, message.id)
            for name, value in columns.items():
                setattr(found, name, value)
            session.flush()
            assert has_due_messages(session, now) is expected, columns
