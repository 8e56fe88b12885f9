"""When a person is told: their rhythm, their quiet hours, and what is urgent. Bamako's clock is UTC."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models import NoticePreference, NoticeWay, Rhythm
from app.notifications.timing import after_quiet, due_at

NOON = datetime(2026, 3, 2, 12, 20, tzinfo=UTC)
LATE = datetime(2026, 3, 2, 23, 15, tzinfo=UTC)
minutes = st.integers(0, 24 * 60 - 1)


def preference(rhythm: Rhythm = Rhythm.AT_ONCE, **columns: object) -> NoticePreference:
    """A person who is told by mail in a rhythm, quiet from 22:00 to 6:00 unless it says otherwise."""
    values = {
        "user_id": uuid.uuid4(),
        "email_rhythm": rhythm,
        "sms_rhythm": Rhythm.NEVER,
        "daily_minute": 8 * 60,
        "quiet_from_minute": 22 * 60,
        "quiet_until_minute": 6 * 60,
        "is_woken_by_urgent": False,
        **columns,
    }
    return NoticePreference(**values)


@pytest.mark.parametrize(
    ("rhythm", "waits_since", "told_at"),
    [
        (Rhythm.AT_ONCE, NOON, NOON),
        (Rhythm.HOURLY, NOON, datetime(2026, 3, 2, 13, tzinfo=UTC)),
        (Rhythm.DAILY, NOON, datetime(2026, 3, 3, 8, tzinfo=UTC)),
        (Rhythm.NEVER, NOON, None),
        (Rhythm.AT_ONCE, LATE, datetime(2026, 3, 3, 6, tzinfo=UTC)),
        (Rhythm.HOURLY, LATE, datetime(2026, 3, 3, 6, tzinfo=UTC)),
    ],
)
def test_people_are_told_in_their_rhythm_and_not_at_night(
    rhythm: Rhythm, waits_since: datetime, told_at: datetime | None
) -> None:
    assert due_at(preference(rhythm), NoticeWay.EMAIL, waits_since) == told_at


@pytest.mark.parametrize(
    ("wants", "rhythm", "told_at"),
    [
        (True, Rhythm.DAILY, LATE),
        (False, Rhythm.AT_ONCE, datetime(2026, 3, 3, 6, tzinfo=UTC)),
        (True, Rhythm.NEVER, None),
    ],
)
def test_urgent_things_wake_only_who_wants_it(wants: bool, rhythm: Rhythm, told_at: datetime | None) -> None:
    wakeful = preference(rhythm, is_woken_by_urgent=wants)
    assert due_at(wakeful, NoticeWay.EMAIL, LATE, is_urgent=True) == told_at


@given(minutes, minutes, st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))  # noqa: DTZ001
def test_quiet_hours_end_within_a_day_and_nothing_is_told_before(
    first: int, last: int, naive: datetime
) -> None:
    moment = naive.replace(tzinfo=UTC)
    quiet = preference(quiet_from_minute=first, quiet_until_minute=last)
    told_at = after_quiet(quiet, moment)
    assert moment <= told_at <= moment + timedelta(days=1)
    assert after_quiet(quiet, told_at) == told_at
