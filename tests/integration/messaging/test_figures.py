"""The figures of the gateways, as the console and the doctor show them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.database import transaction
from app.messaging.figures import GatewayFigures, gateway_figures, messaging_figures
from app.messaging.policy import locked_policy
from app.models import Arrival, ArrivalKind, Contact, DeliveryState, Gateway, GatewayState, Message

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
YESTERDAY = NOON - timedelta(days=1)


def figures(now: datetime = NOON) -> dict[str, GatewayFigures]:
    with transaction() as session:
        return {each.slug: each for each in gateway_figures(session, now)}


def arrive(slug: str, at: datetime) -> None:
    with transaction() as session:
        reference = f"{slug}{at}".encode().ljust(32)[:32]
        values = {"gateway": slug, "kind": ArrivalKind.TEXT, "reference": reference, "received_at": at}
        session.add(Arrival(sealed_content=b"", **values))


def test_a_gateway_that_never_did_anything_says_so(app: Flask) -> None:
    with transaction() as session:
        session.add(Gateway(slug="new", provider="fake", label="New"))
    assert figures() == {"new": GatewayFigures("new")}
    assert figures()["new"].failure_rate is None


def test_what_came_in_what_went_out_and_what_waits(
    make_contact: Callable[..., Contact], queue: Callable[..., Message], attempt: Callable[..., None]
) -> None:
    contact = make_contact()
    attempt(queue(contact), YESTERDAY)
    attempt(queue(contact), NOON - timedelta(hours=1), "later")
    for hours in (3, 5):
        arrive("sim", NOON - timedelta(hours=hours))
    with transaction() as session:
        for message in session.query(Message):
            message.state = DeliveryState.SENT
    queue(contact, gateway="sim")
    queue(contact)
    found = figures()["sim"]
    assert (found.last_in_at, found.last_out_at) == (NOON - timedelta(hours=3), YESTERDAY)
    assert found.backlog == 1
    with transaction() as session:
        assert messaging_figures(session, NOON).backlog == 2


def test_todays_failures_segments_and_cost(
    make_contact: Callable[..., Contact], queue: Callable[..., Message], attempt: Callable[..., None]
) -> None:
    message = queue(make_contact())
    attempt(message, YESTERDAY, segments=9, cost=90.0)
    for result in ("later", "refused", "unknown", "opted_out"):
        attempt(message, NOON, result, segments=2)
    attempt(message, NOON, "")  # still under way
    for _ in range(2):
        attempt(message, NOON, segments=2, cost=12.5)
    attempt(message, NOON, slug="other", segments=1, cost=1.0)
    found = figures()["sim"]
    assert (found.attempts_today, found.failures_today) == (6, 3)
    assert found.failure_rate == pytest.approx(0.5)
    assert (found.segments_today, found.cost_today) == (4, 25.0)
    with transaction() as session:
        locked_policy(session).messages_per_day = 7
        whole = messaging_figures(session, NOON)
    assert (whole.segments_today, whole.cost_today, whole.messages_per_day) == (5, 26.0, 7)
    assert whole.messages_today == 1


def test_how_it_does_is_told_as_it_was_kept(app: Flask) -> None:
    with transaction() as session:
        session.add(
            GatewayState(slug="sim", last_heard_at=YESTERDAY, checked_at=NOON, check_finding="twilio-20003")
        )
    found = figures()["sim"]
    assert (found.last_heard_at, found.checked_at) == (YESTERDAY, NOON)
    assert found.check_finding == "twilio-20003"
