"""When a scheduled export is made next. Hours and days are Bamako's."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from app.clock import BAMAKO
from app.models import Recurrence

WEEKDAYS = range(1, 8)  # 1 is Monday
MONTH_DAYS = range(1, 29)  # every month has these
HOURS = range(24)
_MONTHS_OF_QUARTERS = (1, 4, 7, 10)


def is_possible(recurrence: str, day: int, hour: int) -> bool:
    """Whether there is such a day and hour in each week, month or quarter."""
    return day in (WEEKDAYS if recurrence == Recurrence.WEEK else MONTH_DAYS) and hour in HOURS


def next_after(moment: datetime, recurrence: str, day: int, hour: int) -> datetime:
    """The first time after `moment` on that day of the week, month or quarter at that hour, in UTC."""
    here = moment.astimezone(BAMAKO)
    candidate = here.date()
    while not (_is_due(candidate, recurrence, day) and _at(candidate, hour) > here):
        candidate += timedelta(days=1)
    return _at(candidate, hour).astimezone(UTC)


def period_before(day: date, recurrence: str) -> tuple[date, date]:
    """First and last day of the whole week, month or quarter before the one that `day` is in: what an export holds."""
    last = _beginning(day, recurrence) - timedelta(days=1)
    return _beginning(last, recurrence), last


def _beginning(day: date, recurrence: str) -> date:
    if recurrence == Recurrence.WEEK:
        return day - timedelta(days=day.isoweekday() - 1)
    if recurrence == Recurrence.MONTH:
        return day.replace(day=1)
    return date(day.year, max(month for month in _MONTHS_OF_QUARTERS if month <= day.month), 1)


def _is_due(candidate: date, recurrence: str, day: int) -> bool:
    if recurrence == Recurrence.WEEK:
        return candidate.isoweekday() == day
    is_month = recurrence == Recurrence.MONTH or candidate.month in _MONTHS_OF_QUARTERS
    return is_month and candidate.day == day


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), BAMAKO)
