"""The page that asks when it happened: today, yesterday, a date or about it, a period, or no idea."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import ClassVar

from flask_babel import format_date, gettext
from marshmallow import ValidationError

from app.clock import BAMAKO, utcnow
from app.intake.drafts import Given
from app.public.moments import Day, Moment, as_french, exactly, read_back
from app.public.schemas import ReportIn
from app.public.steps import FormValues, Step
from app.public.typed_days import TypedDay, read_day, typed_day

CHOICES = ("today", "yesterday", "date", "about", "period", "unknown")


class WhenStep(Step):
    """When it happened. Stores `Submission.when`, whose days are written out by the time they're stored."""

    template: ClassVar[str] = "public/when.html"

    @property
    def name(self) -> str:
        """`when`."""
        return "when"

    def heading(self) -> str:
        """The page's question."""
        return gettext("When did it happen?")

    def shown(self, given: Given) -> FormValues:
        """The choice and the fields that lead to what is stored."""
        return _fields(read_back(given.submission.when), today())

    def take(self, form: FormValues, given: Given) -> Given:
        """What is given with this moment in it. Raises ValidationError, by field."""
        words: str = ReportIn(only=("when",)).load(form)["when"]
        moment = replace(_moment(form, today()), words=words)
        return replace(given, submission=replace(given.submission, when=as_french(moment)))

    def answer(self, given: Given) -> str:
        """The moment in the language of the page."""
        moment = read_back(given.submission.when)
        return " – ".join(filter(None, (_told(moment), moment.words)))


def today() -> date:
    """The day it is in Bamako."""
    return utcnow().astimezone(BAMAKO).date()


def _moment(form: FormValues, today: date) -> Moment:
    first, last = typed_day(form, "first"), typed_day(form, "last")
    match form.get("choice") or _implied(first, last):
        case "today":
            return Moment(exactly(today))
        case "yesterday":
            return Moment(exactly(date.fromordinal(today.toordinal() - 1)))
        case "period":
            return _period(first, last, today)
        case "date" | "about" as choice:
            return Moment(read_day(first, today), is_about=choice == "about")
        case _:
            return Moment()


def _implied(first: TypedDay, last: TypedDay) -> str:
    """Who fills in a date without a choice means a date."""
    return "period" if not last.is_empty else "date" if not first.is_empty else "unknown"


def _period(typed_first: TypedDay, typed_last: TypedDay, today: date) -> Moment:
    """From one day to another, or until now where the last day was left empty."""
    first = read_day(typed_first, today)
    if typed_last.is_empty:
        return Moment(first, lasts=True)
    last = read_day(typed_last, today)
    if last.last < first.first:
        raise ValidationError({"last_day": [gettext("The last day is before the first. Check both dates.")]})
    return Moment(first, exactly(today) if first.day and last.last > today else last)


def _fields(moment: Moment, today: date) -> dict[str, str]:
    choice = _choice(moment, today)
    fields = {"choice": choice, "when": moment.words}
    if choice in ("date", "about", "period"):
        fields |= _parts("first", moment.first) | _parts("last", moment.last)
    return fields


def _choice(moment: Moment, today: date) -> str:
    if moment.first is None:
        return ""
    if moment.is_period:
        return "period"
    if moment.is_about:
        return "about"
    ago = (today - moment.first.first).days if moment.first.day else None
    return {0: "today", 1: "yesterday"}.get(ago, "date") if ago is not None else "date"


def _parts(name: str, day: Day | None) -> dict[str, str]:
    parts = {"day": day.day, "month": day.month, "year": day.year} if day else {}
    return {f"{name}_{part}": str(value) for part, value in parts.items() if value}


def _told(moment: Moment) -> str:
    if moment.first is None:
        return ""
    first = _named(moment.first)
    if moment.last is not None:
        return gettext("From %(first)s to %(last)s", first=first, last=_named(moment.last))
    if moment.lasts:
        return gettext("Since %(first)s", first=first)
    return gettext("Around %(day)s", day=first) if moment.is_about else first


def _named(day: Day) -> str:
    pattern = "d MMMM y" if day.day else "MMMM y" if day.month else "y"
    return str(format_date(day.first, pattern))
