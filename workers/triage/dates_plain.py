"""Reads the plainest of the dates written out: a day, a month in words or figures, and the year, if it is told.

dateparser, which reads all others, takes a millisecond for each, longer than all the rest of a triage; these are nine
in ten of what people write, and a test holds that it reads them alike.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from workers.triage.dates_vocabulary import any_of, time_words

_LEAP_YEARS_APART = 8  # at most: 1896 to 1904
_UNREAD = frozenset({"out"})  # `août` without its accent to us, a word to dateparser


class NotPlain(ValueError):
    """A date in other words than these."""


def plain_date(fragment: str, today: date) -> date | None:
    """The last such day not after today; None for the 31st of February and for the future. Raises NotPlain."""
    found = next(filter(None, (pattern.fullmatch(fragment) for pattern in _patterns())), None)
    if found is None:
        raise NotPlain
    told = found.groupdict("")
    month = time_words().months.get(told["month"]) or int(told["month"])
    days = (_real(year, month, int(told["day"])) for year in _years(told.get("year", ""), today))
    return next((each for each in days if each and each <= today), None)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    month = f"(?P<month>{any_of(set(time_words().months) - _UNREAD)})"
    day, number, year = r"(?P<day>\d\d?)", r"(?P<month>\d\d?)", r"(?P<year>\d{4})"
    forms = (
        rf"{day}[ \-]{month}(?:,? {year})?",
        rf"{month} {day}(?:,? {year})?",
        rf"{day}(?P<mark>[/.\-]){number}(?P=mark)(?P<year>\d{{4}}|\d\d)",
        rf"{year}-{number}-{day}",
        rf"{day}/{number}",
    )
    return tuple(re.compile(form, re.ASCII) for form in forms)


def _years(written: str, today: date) -> tuple[int, ...]:
    """The years that may be meant, the likeliest first: two figures are of this century unless that is to come."""
    if not written:
        return tuple(range(today.year, today.year - _LEAP_YEARS_APART - 1, -1))
    return (int(written),) if len(written) > 2 else (2000 + int(written), 1900 + int(written))


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
