"""Reads a day as people type it into three fields: month in figures or in words, year in two figures or none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NoReturn

from babel.dates import get_month_names
from flask_babel import gettext
from marshmallow import ValidationError

from app.folding import fold
from app.public.moments import EARLIEST_YEAR, Day

LANGUAGES = ("fr", "en", "bm")  # whose names of months are read, from Unicode's CLDR
_SHORTEST_MONTH_WORD = 3
_CENTURY = 2000
_NUMBER = re.compile(r"\D{0,4}(\d{1,4})(?:er|st|nd|rd|th)?\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TypedDay:
    """The three fields of a day, `name` being the first part of their names."""

    name: str
    day: str
    month: str
    year: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed at all."""
        return not (self.day or self.month or self.year)


def typed_day(form: Mapping[str, str], name: str) -> TypedDay:
    """The fields `<name>_day`, `<name>_month` and `<name>_year` of a form."""
    return TypedDay(name, *(form.get(f"{name}_{part}", "").strip() for part in ("day", "month", "year")))


def read_day(typed: TypedDay, today: date) -> Day:
    """The day, month or year that was typed. Without a year, the last such day before tomorrow.

    Raises ValidationError by field: nothing typed, no such day, or one that is still to come or before memory.
    """
    month = _month(typed)
    day = _number(typed.day, 31)
    if typed.day and (day is None or not typed.month):
        _refuse(
            typed, "day" if typed.month else "month", gettext("Write the day as a number, and the month.")
        )
    year = _year(typed, month, day, today)
    try:
        read = Day(year, month, day)
    except ValueError:
        _refuse(typed, "day", gettext("There is no such day. Check the day and the month."))
    if read.first > today:
        _refuse(typed, "day", gettext("This day is still to come. Check the date."))
    return read


def _month(typed: TypedDay) -> int | None:
    if not typed.month:
        return None
    month = _number(typed.month, 12) or month_named(typed.month)
    if month is None:
        _refuse(typed, "month", gettext("Write the month as a number or a word: 3 or March."))
    return month


def _year(typed: TypedDay, month: int | None, day: int | None, today: date) -> int:
    if not typed.year:
        if month is None:
            _refuse(typed, "day", gettext("Write a date, or at least a month or a year."))
        return today.year - ((month, day or 1) > (today.month, today.day))
    year = _number(typed.year, 9999)
    if year is not None and year < 100:
        year += _CENTURY
    if year is None or not EARLIEST_YEAR <= year <= today.year:
        _refuse(typed, "year", gettext("Check the year. For example: %(year)s.", year=str(today.year)))
    return year


def _number(written: str, most: int) -> int | None:
    found = _NUMBER.fullmatch(written)
    return int(found[1]) if found and 1 <= int(found[1]) <= most else None


def month_named(word: str) -> int | None:
    """The month of a name, or of the beginning of one, in French, English or Bambara; None if it may be several."""
    written = fold(word).strip(" .")
    if len(written) < _SHORTEST_MONTH_WORD:
        return None
    numbers = {number for name, number in _month_names() if name.startswith(written)}
    exact = {number for name, number in _month_names() if name == written}
    meant = exact or numbers
    return meant.pop() if len(meant) == 1 else None


@cache
def _month_names() -> tuple[tuple[str, int], ...]:
    return tuple(_names_of_months())


def _names_of_months() -> Iterator[tuple[str, int]]:
    for language in LANGUAGES:
        for number, name in get_month_names("wide", locale=language).items():
            yield fold(str(name)), number


def _refuse(typed: TypedDay, part: str, problem: str) -> NoReturn:
    raise ValidationError({f"{typed.name}_{part}": [problem]})
