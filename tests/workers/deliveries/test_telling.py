"""Deliveries that carry nothing: an organisation is told by mail and by webhook that something waits, and no more."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default as modern

import pytest
import time_machine
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook

from app.clock import utcnow
from app.database import db, transaction
from app.deliveries.targets import NewTarget, add_target
from app.exports.members import packed
from app.models import (
    AuditEntry,
    ExportDelivery,
    ExportRecord,
    ExportSchedule,
    ExportState,
    Organisation,
    OrganisationKind,
    Role,
    TargetState,
    User,
    WebhookDelivery,
)
from app.notifications.addresses import AddressRefused
from app.notifications.endpoints import add_endpoint
from app.settings import Settings
from tests.workers.exports.asked import asked_for
from tests.workers.notifications.conftest import Mailbox, Receiver
from workers.deliveries import bringing
from workers.deliveries.bringing import deliver_exports
from workers.deliveries.holding import hold, owe
from workers.notifications import send_webhooks
from workers.processing import Keys

INSIDE, KINDS = "https://192.168.1.7/in", ["export_delivered"]
ADDRESS, PURPOSE = "registre@commission.example", "Suivi des disparitions de Koro"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Loopback is allowed in demonstrations only."""
    return replace(settings, demonstration=True)


@pytest.fixture
def recipient(make_organisation: Callable[..., Organisation]) -> Organisation:
    """Who is told."""
    return make_organisation(OrganisationKind.CNDH)


@pytest.fixture
def administrator(make_user: Callable[..., User]) -> User:
    """Whoever sets it up."""
    return make_user(role=Role.ADMINISTRATOR)


def due(keys: Keys, administrator: User, recipient: Organisation, kind: str, **secret: str) -> uuid.UUID:
    """An export that was made for a place of this kind, and waits to be brought there; the place."""
    with transaction() as session:
        new = NewTarget("Un avis", kind, recipient.id, secret=secret)
        target = add_target(session, keys.settings, session.get_one(User, administrator.id), new)
        schedule = ExportSchedule(
            id=uuid.uuid4(),
            name="Mensuel",
            level="cndh",
            file_format="csv",
            language="fr",
            organisation_id=recipient.id,
            purpose=PURPOSE,
            recurrence="month",
            day=5,
            hour=6,
            next_at=utcnow(),
            created_by_id=administrator.id,
            targets=[target],
        )
        session.add(schedule)
        target_id, schedule_id = target.id, schedule.id
    record = asked_for(
        administrator,
        "cndh",
        schedule_id=schedule_id,
        state=ExportState.READY,
        purpose=PURPOSE,
        members=packed([]),
    )
    with transaction() as session:
        made = session.get_one(ExportRecord, record.id)
        owe(session, made, hold(keys.settings, session, made, keys.settings.var / "nothing is carried"))
    return target_id


def delivery() -> ExportDelivery:
    """The last one as it is now."""
    db.session.rollback()
    db.session.expire_all()
    newest = select(ExportDelivery).order_by(ExportDelivery.created_at.desc()).limit(1)
    return db.session.scalars(newest).unique().one()


def says_nothing(told: str, recipient: Organisation) -> None:
    """Neither what was exported, why, nor for whom."""
    for word in ("koro", "disparitions", "e-0", "mensuel", "seere", recipient.name.lower()):
        assert word not in told.lower(), word


def test_a_mail_says_that_something_waits_is_tried_again_and_ends_where_the_address_is_refused(
    mailing: Keys,
    mailbox: Mailbox,
    administrator: User,
    recipient: Organisation,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    due(mailing, administrator, recipient, "email", mail=ADDRESS)
    mailbox.answers = ["451 come again"]
    deliver_exports(mailing)
    waiting = delivery()
    assert (waiting.state, waiting.failure, mailbox.taken) == ("queued", "unreachable", [])
    assert waiting.available_at > utcnow()
    deliver_exports(mailing)  # not before its time
    assert delivery().attempts == 1
    with time_machine.travel(utcnow() + timedelta(minutes=2), tick=False):
        deliver_exports(mailing)
        deliver_exports(mailing)  # once
    assert (delivery().state, delivery().failure) == ("sent", "")
    [envelope] = mailbox.taken
    assert envelope.rcpt_tos == [ADDRESS]
    mail = message_from_bytes(mailbox.last(), policy=modern)
    assert "https://desk.example" in mail.as_string()
    assert list(mail.iter_attachments()) == []
    says_nothing(mail.as_string(), recipient)

    async def refuse(*_: object) -> str:
        return "550 nobody of that name"

    monkeypatch.setattr(mailbox, "handle_RCPT", refuse, raising=False)
    due(mailing, administrator, recipient, "email", mail="nobody@commission.example")
    deliver_exports(mailing)
    refused = delivery()
    assert (refused.state, refused.failure) == ("failed", "mail_address")
    assert (refused.target.state, refused.target.problem) == (TargetState.REFUSED, "mail_address")
    entries = db.session.scalars(select(AuditEntry)).all()
    assert {"export.delivered", "export.not_delivered", "delivery_target.changed"} <= {
        entry.action for entry in entries
    }
    stored = (
        bytes(refused.target.sealed_secret or b"") + json.dumps([entry.detail for entry in entries]).encode()
    )
    assert b"nobody@" not in stored
    assert ADDRESS.encode() not in stored


def test_a_webhook_is_signed_tells_nothing_is_tried_again_and_is_not_sent_elsewhere(
    keys: Keys, receiver: Receiver, administrator: User, recipient: Organisation
) -> None:
    due(keys, administrator, recipient, "webhook")
    deliver_exports(keys)
    assert (delivery().state, delivery().failure) == ("queued", "no_endpoint")  # somebody may add one yet
    with transaction() as session:
        user, home = session.get_one(User, administrator.id), session.get_one(Organisation, recipient.id)
        with pytest.raises(AddressRefused, match="private"):
            add_endpoint(session, replace(keys.settings, demonstration=False), user, home, INSIDE, KINDS)
        _, secret = add_endpoint(session, keys.settings, user, home, receiver.url, KINDS)
    receiver.statuses, receiver.headers = [500, 302], {"location": receiver.url.replace("/in", "/elsewhere")}
    with time_machine.travel(utcnow(), tick=False) as clock:
        clock.shift(timedelta(minutes=2))
        deliver_exports(keys)
        assert delivery().state == "sent"
        in_production = replace(keys, settings=replace(keys.settings, demonstration=False))
        send_webhooks(in_production)  # where this very machine is a private address
        assert (receiver.calls, told_by_webhook().failure) == ([], "not_https")
        for status in (500, 302, 204):
            clock.shift(timedelta(hours=1))
            send_webhooks(keys)
            assert told_by_webhook().last_status == status
    assert told_by_webhook().state == "sent"
    assert [call.path for call in receiver.calls] == ["/in"] * 3
    last = receiver.calls[-1]
    with time_machine.travel(datetime.fromtimestamp(int(last.headers["webhook-timestamp"]), UTC)):
        told = Webhook(secret).verify(last.body, last.headers)
    assert told == {
        "id": str(told_by_webhook().id),
        "type": "export_delivered",
        "timestamp": told_by_webhook().created_at.isoformat(timespec="seconds"),
        "data": {},
    }
    says_nothing(last.body.decode() + str(last.headers), recipient)


def test_what_nobody_listens_for_is_given_up_after_a_day_and_counts_against_its_schedule(
    keys: Keys, administrator: User, recipient: Organisation
) -> None:
    due(keys, administrator, recipient, "webhook")
    start = utcnow()
    with time_machine.travel(start, tick=False) as clock:
        for _ in range(len(bringing.PAUSES) + 1):
            deliver_exports(keys)
            deliver_exports(keys)  # not before its time
            clock.move_to(max(delivery().available_at, utcnow()) + timedelta(seconds=1))
        took = utcnow() - start
    assert (delivery().state, delivery().failure) == ("failed", "no_endpoint")
    assert delivery().attempts == len(bringing.PAUSES) + 1
    assert timedelta(hours=24) < took < timedelta(hours=36)
    assert db.session.scalars(select(ExportSchedule)).unique().one().failures == 1


def told_by_webhook() -> WebhookDelivery:
    """The call as it is now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(WebhookDelivery)).one()
