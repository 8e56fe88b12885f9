"""A text doesn't reach a phone outside the hours in which its person may be written to."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from app.intake.gateways.protocol import Outgoing
from app.messaging.contacts import silent_from
from app.models import Contact

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)  # Bamako keeps the same time


@pytest.mark.parametrize(
    ("first", "last", "hours"),
    [(None, None, None), (8 * 60, 18 * 60, 6), (8 * 60, None, 12), (None, 13 * 60, 1), (22 * 60, 5 * 60, 17)],
)
def test_the_hours_end_at_their_next_end(first: int | None, last: int | None, hours: int | None) -> None:
    contact = Contact(safe_from_minute=first, safe_until_minute=last)
    expected = None if hours is None else NOON + timedelta(hours=hours)
    assert silent_from(contact, NOON) == expected


@time_machine.travel(NOON, tick=False)
def test_a_provider_is_told_how_long_to_try_within_what_it_takes() -> None:
    def seconds(until: datetime | None) -> int | None:
        return Outgoing(uuid.uuid4(), "+22376000001", "Merci.", until=until).seconds_left(5, 3600)

    assert seconds(None) is None
    assert seconds(NOON + timedelta(minutes=10)) == 600
    assert seconds(NOON + timedelta(days=2)) == 3600
    assert seconds(NOON - timedelta(minutes=1)) == 5
