"""Spans of days: what "last week", "in March", "three days ago" come to on the day of the message."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

_EARLIEST_YEAR = 1960


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `start` to `end`, both included, known to the day, week, month or year."""

    start: date
    end: date
    precision: str

    def until(self, today: date) -> Period | None:
        """The part of the period that isn't in the future; None if none is, or it is before memory."""
        if self.start > today or self.start.year < _EARLIEST_YEAR:
            return None
        return Period(self.start, min(self.end, today), self.precision)


def day(moment: date) -> Period:
    """One day."""
    return Period(moment, moment, "day")


def shifted(today: date, count: int, unit: str) -> Period | None:
    """`count` units before today: a day, seven days for a week, the whole month or year beyond."""
    try:
        if unit == "day":
            return day(today - timedelta(days=count))
        if unit == "week":
            start = today - timedelta(weeks=count)
            return Period(start, start + timedelta(days=6), "week")
        if unit == "month":
            months = today.year * 12 + today.month - 1 - count
            return month(months // 12, months % 12 + 1)
        return year(today.year - count)
    except (OverflowError, ValueError):
        return None


def begun(today: date, count: int, unit: str) -> date | None:
    """The day on which what has lasted `count` units began: for months and years, the day of the same number."""
    if unit not in ("month", "year"):
        period = shifted(today, count, unit)
        return period.start if period else None
    months = today.year * 12 + today.month - 1 - count * (12 if unit == "year" else 1)
    if months < _EARLIEST_YEAR * 12:
        return None
    length = calendar.monthrange(months // 12, months % 12 + 1)[1]
    return date(months // 12, months % 12 + 1, min(today.day, length))


def calendar_week(today: date, weeks_back: int) -> Period:
    """The week from Monday to Sunday, this one or one before."""
    monday = today - timedelta(days=today.weekday(), weeks=weeks_back)
    return Period(monday, monday + timedelta(days=6), "week")


def month(of_year: int, number: int) -> Period:
    """A whole month."""
    length = calendar.monthrange(of_year, number)[1]
    return Period(date(of_year, number, 1), date(of_year, number, length), "month")


def last_month_named(today: date, number: int, *, before_this_year: bool = False) -> Period:
    """The last month of that number that has begun, or that of the year before."""
    back = 1 if before_this_year or number > today.month else 0
    return month(today.year - back, number)


def last_day_numbered(today: date, number: int) -> Period | None:
    """The last day before tomorrow that bears this number in its month; None if no month has it."""
    moment = today
    for _ in range(62):
        if moment.day == number:
            return day(moment)
        moment -= timedelta(days=1)
    return None


def year(number: int) -> Period:
    """A whole year."""
    return Period(date(number, 1, 1), date(number, 12, 31), "year")


def last_weekday(today: date, weekday: int, *, may_be_today: bool) -> date:
    """The last day of that name (Monday 0) before today, or today itself where the words allow it."""
    back = (today.weekday() - weekday) % 7
    return today - timedelta(days=back if back or may_be_today else 7)
