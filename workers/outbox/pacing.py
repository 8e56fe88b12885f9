"""When to try again: a gateway's rate, and a message's pauses. Pure; moments are aware."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

# A gateway may get this much at once of what its rate allows later: workers come by every fifteen seconds, and
# must not sleep between two messages, because reports wait behind them. Over longer times the rate holds.
BURST = timedelta(seconds=20)
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=30)


def lasts(segments: int, segments_per_minute: int) -> timedelta:
    """How long a gateway is taken by so many segments."""
    return timedelta(minutes=1) * segments / max(segments_per_minute, 1)


def free_at(next_free_at: datetime | None, now: datetime) -> datetime:
    """When a gateway may get its next message; `now` where it may at once."""
    return now if next_free_at is None else max(next_free_at - BURST, now)


def reserved(next_free_at: datetime | None, now: datetime, taken: timedelta) -> datetime:
    """`next_free_at` once a message that takes so long was handed over now."""
    return max(next_free_at or now, now) + taken


def pause(attempts: int, retry_after_seconds: int | None, chance: random.Random) -> timedelta:
    """How long a message waits after so many attempts: full jitter over a doubling pause, never less than what the
    provider asked for.
    """
    longest = min(FIRST_PAUSE * (1 << min(max(attempts - 1, 0), 20)), LONGEST_PAUSE)
    asked = timedelta(seconds=retry_after_seconds or 0)
    return max(longest * chance.random(), asked)
