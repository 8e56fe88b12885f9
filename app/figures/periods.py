"""The time that figures are shown for, and the steps it is cut into on a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app.figures.spans import last_day, monday, span_of, spans

WEEKS_SHOWN = 12
MOST_DAYS = 5 * 366
_MOST_WEEKLY = timedelta(weeks=60)  # more columns than that can't be told apart on a phone
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)


class Choice(StrEnum):
    """What one can ask for."""

    WEEKS = "weeks"
    QUARTER = "quarter"
    YEAR = "year"
    DATES = "dates"


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both included; always whole spans (app/figures/spans.py)."""

    first: date
    last: date
    choice: Choice = Choice.DATES

    def holds(self, span: date) -> bool:
        """Whether a span is part of it."""
        return self.first <= span <= self.last

    @property
    def is_monthly(self) -> bool:
        """Whether its steps are months: weeks would be too many."""
        return self.last - self.first > _MOST_WEEKLY

    def step_of(self, span: date) -> date:
        """The first day of the week or month, as its steps are, that a span belongs to."""
        return span.replace(day=1) if self.is_monthly else monday(span)

    def steps(self) -> Sequence[date]:
        """The first days of its weeks or months, the oldest first."""
        return sorted({self.step_of(span) for span in spans(self.first, self.last)})


def whole(first: date, last: date, choice: Choice = Choice.DATES) -> Period:
    """The period of whole spans that holds both days, in whichever order; cut to five years at most."""
    first, last = min(first, last), max(first, last)
    first = max(first, last - timedelta(days=MOST_DAYS))
    return Period(span_of(first), last_day(span_of(last)), choice)


class PeriodIn(Schema):
    """The period as it stands in the address."""

    class Meta:
        unknown = EXCLUDE

    period = fields.String(validate=validate.OneOf(list(map(str, Choice))))
    first = fields.Date(validate=validate.Range(_FIRST_DAY, _LAST_DAY))
    last = fields.Date(validate=validate.Range(_FIRST_DAY, _LAST_DAY))


def asked_period(arguments: Mapping[str, str], today: date) -> Period:
    """The period an address asks for; the last twelve weeks where it asks for none or can't be read."""
    try:
        asked = PeriodIn().load({name: value for name, value in arguments.items() if value})
    except ValidationError:
        asked = {}
    choice = Choice(asked.get("period", Choice.WEEKS))
    return _of(choice, asked.get("first"), asked.get("last"), today)


def _of(choice: Choice, first: date | None, last: date | None, today: date) -> Period:
    if choice is Choice.DATES and (first or last):
        return whole(first or last or today, last or today)
    if choice is Choice.QUARTER:
        return whole(today.replace(month=1 + (today.month - 1) // 3 * 3, day=1), today, choice)
    if choice is Choice.YEAR:
        return whole(today.replace(month=1, day=1), today, choice)
    first_week = monday(today) - timedelta(weeks=WEEKS_SHOWN - 1)
    return Period(first_week, last_day(span_of(today)), Choice.WEEKS)
