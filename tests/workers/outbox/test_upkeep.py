"""Checking gateways, and fetching what they may have failed to hand over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.clock import utcnow
from app.database import transaction
from app.intake.arrivals import prepare, store
from app.intake.gateways.protocol import Capability, Configuration, IncomingText
from app.models import Arrival
from app.sealing import seal
from tests.workers.outbox.conftest import Post, Provider
from workers import outbox
from workers.opening import open_sealed


@dataclass
class Forgetful(Provider):
    """A provider that can be asked again for what it received."""

    capabilities: frozenset[Capability] = frozenset({Capability.RECONCILES})
    received: list[IncomingText] = field(default_factory=list)
    asked_since: list[datetime] = field(default_factory=list)
    is_away: bool = False

    def recent(self, configuration: Configuration, since: datetime) -> Iterable[IncomingText]:
        self.asked_since.append(since)
        self.configurations.append(configuration)
        yield from self.received
        if self.is_away:
            raise OSError("+22376123456")


@pytest.fixture
def forgetful(post: Post, monkeypatch: pytest.MonkeyPatch) -> Forgetful:
    """Its gateway is called `phone`."""
    provider = Forgetful("forgetful")
    known = {"fake": post.plain, "forgetful": provider}
    monkeypatch.setattr("app.intake.gateways.configured.providers", lambda: known)
    secrets = seal({"token": "t"}, post.keys.settings.intake_public_key)
    post.add_gateway("phone", "forgetful", worker_secrets=secrets)
    return provider


def arrivals(post: Post) -> list[str]:
    """What was taken in, opened."""
    with transaction() as session:
        sealed = session.scalars(select(Arrival.sealed_content).order_by(Arrival.received_at)).all()
    return sorted(open_sealed(post.keys.workers, content)["text"] for content in sealed)


def test_what_a_check_finds_is_kept_for_the_console(post: Post) -> None:
    post.add_gateway("well")
    post.add_gateway("ill", is_sending=False)
    post.plain.findings["ill"] = "The credentials are refused. " * 10
    outbox.check_gateways(post.keys)
    well, ill = post.gateway_state("well"), post.gateway_state("ill")
    assert well.check_finding == ""
    assert ill.check_finding.startswith("The credentials are refused.")
    assert well.checked_at
    assert utcnow() - well.checked_at < timedelta(minutes=1)
    post.plain.findings = {}
    outbox.check_gateways(post.keys)
    assert post.gateway_state("ill").check_finding == ""


def test_a_gateway_that_cannot_be_opened_is_found_and_keeps_no_other_from_being_checked(post: Post) -> None:
    post.add_gateway("sealed", worker_secrets=seal({"a": "b"}, b"\x09" * 32))
    post.add_gateway("well")
    outbox.check_gateways(post.keys)
    assert post.gateway_state("sealed").check_finding == "CannotOpen"
    assert post.gateway_state("well").checked_at


def test_a_message_the_provider_could_not_hand_over_is_fetched(post: Post, forgetful: Forgetful) -> None:
    handed_over = IncomingText("1", "+22370000001", "came by webhook")
    forgetful.received = [handed_over, IncomingText("2", "+22370000002", "was lost")]
    store([prepare(post.keys.settings, "phone", handed_over, utcnow())])
    outbox.reconcile_gateways(post.keys)
    outbox.reconcile_gateways(post.keys)
    assert arrivals(post) == ["came by webhook", "was lost"]
    assert forgetful.configurations[0]["token"] == "t"


def test_each_time_it_asks_from_a_little_before_the_last_time(post: Post, forgetful: Forgetful) -> None:
    outbox.reconcile_gateways(post.keys)
    first_until = post.gateway_state("phone").reconciled_until
    outbox.reconcile_gateways(post.keys)
    assert first_until
    assert utcnow() - forgetful.asked_since[0] > timedelta(hours=23)
    assert forgetful.asked_since[1] == first_until - timedelta(minutes=10)


def test_what_could_not_be_asked_is_asked_again(post: Post, forgetful: Forgetful) -> None:
    forgetful.received, forgetful.is_away = [IncomingText("1", "+22370000001", "half a list")], True
    assert outbox.reconcile_gateways(post.keys) == 0
    assert post.gateway_state("phone").reconciled_until is None
    assert arrivals(post) == []
    forgetful.is_away = False
    assert outbox.reconcile_gateways(post.keys) == 1
    assert arrivals(post) == ["half a list"]


def test_gateways_that_cannot_be_asked_are_left_alone(post: Post) -> None:
    post.add_gateway("sim")
    assert outbox.reconcile_gateways(post.keys) == 0
