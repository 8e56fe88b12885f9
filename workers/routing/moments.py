"""Hours and days as rules ask for them, over midnight too."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime


def is_within(moment: datetime, days: Collection[int], hours: tuple[int, int] | None) -> bool:
    """Whether a moment, as clocks on the spot show it, is on one of the days and within the hours.

    Days count from Monday, 0; none means all. `hours` is (from, until), until exclusive. A night belongs to the day on
    which it begins: Friday from 22 to 6 goes on until Saturday at 6.
    """
    day = _day_of_window(moment, hours)
    return day is not None and (not days or day in days)


def _day_of_window(moment: datetime, hours: tuple[int, int] | None) -> int | None:
    """The weekday to which the moment counts; None outside the hours."""
    if hours is None:
        return moment.weekday()
    first, until = hours
    if first < until:
        return moment.weekday() if first <= moment.hour < until else None
    if moment.hour >= first:
        return moment.weekday()
    return (moment.weekday() - 1) % 7 if moment.hour < until else None
