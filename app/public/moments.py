"""When it happened: what a person filled in, as days, and as the French words that workers read days from.

What is stored is the French alone ("du 3 mars 2026 au 7 avril 2026 ; la nuit"), so it is also read back from there.
Relative answers are days by the time they get here. A month or a year may stand alone where that is all that is known.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from babel.dates import get_month_names

EARLIEST_YEAR = 1960  # the workers take what is told to be earlier for a slip
_WORDS_AFTER = " ; "


@dataclass(frozen=True, slots=True)
class Day:
    """A day, or the month or year it lies in where no more is known. Raises ValueError if there is no such day."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.day is not None and self.month is None:
            raise ValueError("a day without its month")
        date(self.year, self.month or 1, self.day or 1)

    @property
    def first(self) -> date:
        """The first day that it may be."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        """The last day that it may be."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, or about it; or a period to `last`; or one that `lasts` until now. Then whatever words were added."""

    first: Day | None = None
    last: Day | None = None
    is_about: bool = False
    lasts: bool = False
    words: str = ""

    @property
    def is_period(self) -> bool:
        """Whether it is more than one day on which something happened."""
        return self.lasts or self.last is not None


def exactly(day: date) -> Day:
    """A day that is known."""
    return Day(day.year, day.month, day.day)


def as_french(moment: Moment) -> str:
    """The moment as it is stored and as workers read it; empty where nothing is known."""
    return _WORDS_AFTER.join(filter(None, (_days_in_french(moment), " ".join(moment.words.split()))))


def _days_in_french(moment: Moment) -> str:
    if moment.first is None:
        return ""
    if moment.last is not None:
        return _period_in_french(moment.first, moment.last)
    name = _named(moment.first)
    if moment.lasts:
        return f"depuis le {name}" if moment.first.day else f"depuis {name}"
    if moment.first.day:
        return f"vers le {name}" if moment.is_about else f"le {name}"
    if not moment.is_about:
        return f"en {name}"
    return f"vers le mois {_of(name)}" if moment.first.month else f"vers l'année {name}"


def _period_in_french(first: Day, last: Day) -> str:
    """Both ends to the day where one is, else both to the month."""
    if first.day or last.day:
        return f"du {_named(exactly(first.first))} au {_named(exactly(last.last))}"
    begun, ended = first.first, last.last
    return f"{_of(_named(Day(begun.year, begun.month)))} à {_named(Day(ended.year, ended.month))}"


def _of(name: str) -> str:
    return f"d'{name}" if name[0] in "ao" else f"de {name}"


def _named(day: Day) -> str:
    if day.month is None:
        return str(day.year)
    number = "" if day.day is None else "1er " if day.day == 1 else f"{day.day} "
    return f"{number}{_french_months()[day.month]} {day.year}"


def read_back(stored: str) -> Moment:
    """The moment that `as_french` wrote; any other text is a moment of words alone."""
    days, _, words = stored.partition(_WORDS_AFTER)
    for pattern, is_about, lasts in _forms():
        if found := pattern.fullmatch(days):
            first, last = (_day_of(found, end) for end in ("first", "last"))
            return Moment(first, last, is_about, lasts, words) if first else Moment(words=stored)
    return Moment(words=stored)


@cache
def _forms() -> tuple[tuple[re.Pattern[str], bool, bool], ...]:
    first, last = _pattern("first"), _pattern("last")
    forms = (
        (rf"du {first} au {last}|(?:de |d'){_pattern('first_')} à {_pattern('last_')}", False, False),
        (rf"depuis (?:le )?{first}", False, True),
        (rf"vers (?:le mois de |le mois d'|le |l'année ){first}", True, False),
        (rf"(?:le|en) {first}", False, False),
    )
    return tuple((re.compile(form), is_about, lasts) for form, is_about, lasts in forms)


def _pattern(end: str) -> str:
    months = "|".join(_french_months().values())
    return rf"(?:(?:(?P<{end}_day>\d{{1,2}})(?:er)? )?(?P<{end}_month>{months}) )?(?P<{end}_year>\d{{4}})"


def _day_of(found: re.Match[str], end: str) -> Day | None:
    parts = found.groupdict()
    year, month, day = (
        parts.get(f"{end}_{part}") or parts.get(f"{end}__{part}") for part in ("year", "month", "day")
    )
    if not year:
        return None
    numbers = {name: number for number, name in _french_months().items()}
    try:
        return Day(int(year), numbers[month] if month else None, int(day) if day else None)
    except ValueError:
        return None


@cache
def _french_months() -> dict[int, str]:
    return {number: str(name) for number, name in get_month_names("wide", locale="fr").items()}
