"""When a person may be written to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.messaging.contacts import MINUTES_A_DAY, Allowed, Never, NotBefore, Wishes, may_write, wishes_of
from app.models import Contact

DAY = datetime(2026, 3, 2, tzinfo=UTC)  # Bamako's clock shows UTC
minutes = st.integers(0, MINUTES_A_DAY - 1)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def contact(first: int | None = None, last: int | None = None, **columns: object) -> Contact:
    return Contact(
        **{"is_never_written": False, "safe_from_minute": first, "safe_until_minute": last, **columns}
    )


def at(hour: int, minute: int = 0) -> datetime:
    return DAY + timedelta(hours=hour, minutes=minute)


def test_who_wished_nothing_may_be_written_to_at_any_hour() -> None:
    assert may_write(contact(), at(3)) == Allowed()


def test_who_stopped_or_never_wants_to_be_written_to_is_not() -> None:
    assert may_write(contact(stopped_at=DAY, is_never_written=True), at(12)) == Never("stopped")
    assert may_write(contact(is_never_written=True), at(12)) == Never("never")


def test_within_a_day() -> None:
    by_day = contact(8 * 60, 20 * 60)
    assert may_write(by_day, at(7, 59)) == NotBefore(at(8))
    assert may_write(by_day, at(8)) == Allowed()
    assert may_write(by_day, at(19, 59)) == Allowed()
    assert may_write(by_day, at(20)) == NotBefore(at(8 + 24))


def test_over_midnight() -> None:
    by_night = contact(22 * 60, 5 * 60)
    assert may_write(by_night, at(23)) == Allowed()
    assert may_write(by_night, at(4, 59)) == Allowed()
    assert may_write(by_night, at(5)) == NotBefore(at(22))
    assert may_write(by_night, at(12)) == NotBefore(at(22))


def test_a_lone_hour_lasts_until_or_counts_from_midnight() -> None:
    assert may_write(contact(18 * 60, None), at(23, 59)) == Allowed()
    assert may_write(contact(18 * 60, None), at(0)) == NotBefore(at(18))
    assert may_write(contact(None, 6 * 60), at(0)) == Allowed()
    assert may_write(contact(None, 6 * 60), at(7)) == NotBefore(at(24))


def test_hours_that_leave_no_moment_fail_closed() -> None:
    assert may_write(contact(600, 600), at(10)) == Never("hours")
    assert wishes_of(contact(600, 600)) is None


@given(minutes, minutes, moments)
def test_the_moment_named_is_the_next_one_that_is_allowed(first: int, last: int, now: datetime) -> None:
    found = may_write(contact(first, last), now)
    if first == last:
        assert found == Never("hours")
        return
    if not isinstance(found, NotBefore):
        return
    assert timedelta() < found.moment - now < timedelta(days=1)
    assert may_write(contact(first, last), found.moment) == Allowed()
    just_before = found.moment - timedelta(minutes=1)
    assert just_before < now or may_write(contact(first, last), just_before) != Allowed()


@pytest.mark.parametrize(
    "hours", [(5, None), (None, 5), (-1, 5), (5, MINUTES_A_DAY), (5, 5)], ids=lambda hours: str(hours)
)
def test_wishes_that_make_no_sense_are_refused(hours: tuple[int | None, int | None]) -> None:
    with pytest.raises(ValueError, match="hours"):
        Wishes(safe_from_minute=hours[0], safe_until_minute=hours[1])
