"""Spans: weeks, cut in two where a month begins, so that weeks, months, quarters and years are all sums of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from app.clock import BAMAKO

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


def day_of(moment: datetime) -> date:
    """The day in Bamako."""
    return moment.astimezone(BAMAKO).date()


def midnight(day: date) -> datetime:
    """When a day begins in Bamako, in UTC."""
    return datetime.combine(day, time(), BAMAKO).astimezone(UTC)


def monday(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())


def span_of(day: date) -> date:
    """The first day of the span that a day is in."""
    return max(monday(day), day.replace(day=1))


def next_span(span: date) -> date:
    """The first day of the span after one."""
    return min(monday(span) + _WEEK, (span.replace(day=1) + timedelta(days=32)).replace(day=1))


def last_day(span: date) -> date:
    """The last day of a span."""
    return next_span(span) - _DAY


def spans(first: date, last: date) -> Iterator[date]:
    """Every span that holds a day from `first` to `last`."""
    span = span_of(first)
    while span <= last:
        yield span
        span = next_span(span)
