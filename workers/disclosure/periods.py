"""Periods that nest, so that a file by week and one by month can't be laid over each other.

A month is made of whole weeks, those whose Thursday is in it (as ISO 8601 gives a week to a year). With months of the
calendar, the days between the edges of a week and of a month would hold very few cases, and who has both files would
see them apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from workers.disclosure.hierarchy import EVERYTHING, Coarsen, Hierarchy

UNKNOWN = "unknown"
PERIODS = ("day", "week", "month", "quarter", "year")
_THURSDAY = timedelta(days=3)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_MONTH = re.compile(r"\d{4}-\d{2}")
_QUARTER = re.compile(r"\d{4}-Q\d")


def thursday(day: date) -> date:
    """The Thursday of the day's week: the day that decides to which month and year the week belongs."""
    return day - timedelta(days=day.weekday()) + _THURSDAY


def week_of(day: date) -> str:
    """The ISO week: `2026-W07`."""
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def month_of(day: date) -> str:
    """The month of the week's Thursday: `2026-02`."""
    return thursday(day).isoformat()[:7]


def quarter_of(day: date) -> str:
    """The quarter of the week's Thursday: `2026-Q1`."""
    return _quarter_of_month(month_of(day))


def year_of(day: date) -> str:
    """The year of the week's Thursday: `2026`."""
    return month_of(day)[:4]


_OF_DAY: Mapping[str, Callable[[date], str]] = {
    "day": date.isoformat,
    "week": week_of,
    "month": month_of,
    "quarter": quarter_of,
    "year": year_of,
}


def period_of(value: str, form: str) -> str:
    """A day or a coarser period in one of PERIODS; what is known more coarsely than that stays as it is."""
    if _WEEK.fullmatch(value) and form in {"day", "week"}:
        return value
    day = _day_within(value)
    if day:
        return _OF_DAY[form](day)
    if _MONTH.fullmatch(value) and form == "quarter":
        return _quarter_of_month(value)
    if (_MONTH.fullmatch(value) or _QUARTER.fullmatch(value)) and form == "year":
        return value[:4]
    return value or UNKNOWN


def periods(values: Sequence[str], *, finest: str = "week", weight: float = 1.0) -> Hierarchy:
    """Days, or what is known of them ("2026-02", "2026", ""), from `finest` of PERIODS up to nothing."""
    used = PERIODS[PERIODS.index(finest) :]
    steps = (*((form, _in_form(form)) for form in used), ("all", lambda _: EVERYTHING))
    return Hierarchy.of(values, steps, weight=weight)


def _day_within(value: str) -> date | None:
    if _DAY.fullmatch(value):
        return date.fromisoformat(value)
    if week := _WEEK.fullmatch(value):
        return date.fromisocalendar(int(week[1]), int(week[2]), 4)
    return None


def _quarter_of_month(month: str) -> str:
    return f"{month[:4]}-Q{(int(month[5:7]) + 2) // 3}"


def _in_form(form: str) -> Coarsen:
    return lambda value: period_of(value, form)
