"""Webhooks: signed, telling nothing, tried again for a day, switched off in the end."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook

from app.casework.telling import tell
from app.clock import utcnow
from app.database import db, transaction
from app.models import (
    AuditEntry,
    Case,
    Notification,
    Organisation,
    OrganisationKind,
    Referral,
    ReferralState,
    Role,
    User,
    WebhookDelivery,
    WebhookEndpoint,
)
from app.notifications.addresses import AddressRefused
from app.notifications.endpoints import add_endpoint, rotate_secret, send_test
from app.notifications.kinds import NoticeKind
from tests.integration.casework.desk import KORO, PILLAGE, URGENT, refer, report_case
from tests.workers.notifications.conftest import Receiver
from workers.notifications import hooks, send_webhooks
from workers.processing import Keys

KINDS = ["referral_waiting", "reporter_answered"]


@pytest.fixture
def here(keys: Keys) -> Keys:
    """Keys of a worker that may call this very machine."""
    return replace(keys, settings=replace(keys.settings, demonstration=True))


@pytest.fixture
def partner(make_user: Callable[..., User]) -> User:
    """Somebody of an organisation with a system of its own."""
    return make_user(kind=OrganisationKind.CIVIL_SOCIETY)


@pytest.fixture
def administrator(make_user: Callable[..., User]) -> User:
    """Whoever adds endpoints."""
    return make_user(role=Role.ADMINISTRATOR)


def add(keys: Keys, by: User, home: Organisation, url: str) -> tuple[uuid.UUID, str]:
    """An endpoint as an administrator adds it, and its secret."""
    with transaction() as session:
        endpoint, secret = add_endpoint(
            session, keys.settings, session.get_one(User, by.id), home, url, KINDS
        )
        return endpoint.id, secret


def told(partner: User) -> tuple[Case, Referral]:
    """A case that is referred to a partner, of which its system is to hear."""
    case = report_case(PILLAGE, URGENT, KORO)
    referral = refer(case, partner)
    with transaction() as session:
        home = session.get_one(Organisation, partner.organisation_id)
        tell(session, NoticeKind.REFERRAL_WAITING, session.get_one(Case, case.id), organisation=home)
    return case, referral


def delivery() -> WebhookDelivery:
    """The last delivery as it is kept now."""
    db.session.rollback()
    db.session.expire_all()
    newest = select(WebhookDelivery).order_by(WebhookDelivery.created_at.desc()).limit(1)
    return db.session.scalars(newest).one()


def test_an_endpoint_hears_that_something_waits_signed_and_nothing_else(
    here: Keys, partner: User, administrator: User, receiver: Receiver
) -> None:
    _, secret = add(here, administrator, partner.organisation, receiver.url)
    case, referral = told(partner)
    send_webhooks(here)
    send_webhooks(here)  # once
    (call,) = receiver.calls
    assert Webhook(secret).verify(call.body, call.headers) == json.loads(call.body)
    assert json.loads(call.body) == {
        "id": call.headers["webhook-id"],
        "type": "referral_waiting",
        "timestamp": delivery().created_at.isoformat(timespec="seconds"),
        "data": {"referral": str(referral.id)},
    }
    everything = (call.body.decode() + str(call.headers)).lower()
    for word in ("koro", "pillage", "seere", case.reference.lower(), str(case.id), partner.email):
        assert word not in everything
    assert (delivery().state, delivery().last_status) == ("sent", 204)
    assert secret.encode() not in bytes(db.session.scalars(select(WebhookEndpoint)).one().sealed_secret)


def test_after_a_rotation_both_secrets_sign_for_a_day(
    here: Keys, partner: User, administrator: User, receiver: Receiver
) -> None:
    endpoint_id, old = add(here, administrator, partner.organisation, receiver.url)
    with transaction() as session:
        user = session.get_one(User, administrator.id)
        _, new = rotate_secret(session, here.settings, user, endpoint_id)
        send_test(session, user, endpoint_id)
    send_webhooks(here)
    for secret in (old, new):
        Webhook(secret).verify(receiver.calls[0].body, receiver.calls[0].headers)
    with time_machine.travel(utcnow() + timedelta(days=2), tick=False):
        with transaction() as session:
            send_test(session, session.get_one(User, administrator.id), endpoint_id)
        send_webhooks(here)
    assert len(receiver.calls[1].headers["webhook-signature"].split()) == 1


def test_what_fails_is_tried_for_a_day_under_one_id_and_then_switched_off(
    here: Keys, partner: User, administrator: User, receiver: Receiver
) -> None:
    add(here, administrator, partner.organisation, receiver.url)
    told(partner)
    receiver.statuses = [500] * 20
    start = utcnow()
    with time_machine.travel(start, tick=False) as clock:
        for _ in range(len(hooks.PAUSES) + 1):
            send_webhooks(here)
            send_webhooks(here)  # not before its time
            clock.move_to(max(delivery().available_at, utcnow()) + timedelta(seconds=1))
        took = utcnow() - start
    assert len(receiver.calls) == len(hooks.PAUSES) + 1
    assert len({call.headers["webhook-id"] for call in receiver.calls}) == 1
    assert timedelta(hours=24) < took < timedelta(hours=36)
    assert (delivery().state, delivery().failure) == ("failed", "http-500")
    endpoint = db.session.scalars(select(WebhookEndpoint)).one()
    assert (endpoint.is_enabled, endpoint.disabled_reason) == (False, "failing")
    kinds = db.session.scalars(select(Notification.kind).where(Notification.user_id == administrator.id))
    assert list(kinds) == ["webhook_disabled"]
    assert "webhook.disabled" in db.session.scalars(select(AuditEntry.action)).all()


def test_an_endpoint_that_says_it_is_gone_is_switched_off_and_redirects_are_not_followed(
    here: Keys, partner: User, administrator: User, receiver: Receiver
) -> None:
    add(here, administrator, partner.organisation, receiver.url)
    told(partner)
    receiver.statuses, receiver.headers = [302], {"location": receiver.url}
    send_webhooks(here)
    assert (len(receiver.calls), delivery().state, delivery().last_status) == (1, "queued", 302)
    receiver.statuses = [410]
    with time_machine.travel(utcnow() + timedelta(minutes=1), tick=False):
        send_webhooks(here)
    assert delivery().failure == "gone"
    assert not db.session.scalars(select(WebhookEndpoint)).one().is_enabled


def test_what_is_no_longer_theirs_is_not_sent(
    here: Keys, partner: User, administrator: User, receiver: Receiver
) -> None:
    add(here, administrator, partner.organisation, receiver.url)
    _, referral = told(partner)
    with transaction() as session:
        session.get_one(Referral, referral.id).state = ReferralState.REVOKED
    send_webhooks(here)
    assert (receiver.calls, delivery().state) == ([], "cancelled")


def test_a_name_that_leads_inside_later_is_not_called(
    keys: Keys, partner: User, administrator: User, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    leads_to = ["93.184.216.34"]
    monkeypatch.setattr(
        "app.notifications.addresses.getaddrinfo",
        lambda *_, **__: [(0, 0, 0, "", (ip, 443)) for ip in leads_to],
    )
    with pytest.raises(AddressRefused):
        add(keys, administrator, partner.organisation, receiver.url)
    add(keys, administrator, partner.organisation, "https://hooks.example/")
    told(partner)
    leads_to[:] = ["127.0.0.1"]
    send_webhooks(keys)
    assert (receiver.calls, delivery().state, delivery().failure) == ([], "queued", "private")


def test_a_call_whose_worker_died_is_made_again_under_the_same_id(
    here: Keys, partner: User, administrator: User, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(here, administrator, partner.organisation, receiver.url)
    told(partner)
    with monkeypatch.context() as patch:
        patch.setattr(hooks, "_mark", _die)
        with pytest.raises(KeyboardInterrupt):
            send_webhooks(here)
    with time_machine.travel(utcnow() + timedelta(minutes=2), tick=False):
        send_webhooks(here)
    assert len({call.headers["webhook-id"] for call in receiver.calls}) == 1
    assert (len(receiver.calls), delivery().state) == (2, "sent")


def _die(*_: object) -> None:
    raise KeyboardInterrupt
