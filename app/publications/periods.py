"""Months, quarters and years as figures and reports are made of: Bamako's days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from babel.dates import format_date

from app.clock import BAMAKO

_WRITTEN = re.compile(r"(?P<year>20\d\d)(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")
_QUARTERS = {
    "fr": ("premier trimestre", "deuxième trimestre", "troisième trimestre", "quatrième trimestre"),
    "en": ("first quarter of", "second quarter of", "third quarter of", "fourth quarter of"),
}
_MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """`months` whole months from the first of a month on: 1, 3 (a quarter) or 12 (a calendar year)."""

    year: int
    month: int
    months: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """From "2026", "2026-Q3" or "2026-07". Raises ValueError for anything else."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise ValueError("not a period")
        year, quarter, month = int(found["year"]), found["quarter"], found["month"]
        if quarter:
            return cls(year, 3 * int(quarter) - 2, 3)
        return cls(year, int(month), 1) if month else cls(year, 1, _MONTHS_OF_A_YEAR)

    @classmethod
    def quarter_of(cls, day: date) -> Period:
        """The quarter that a day is in."""
        return cls(day.year, day.month - (day.month - 1) % 3, 3)

    @property
    def code(self) -> str:
        """As `parse` reads it."""
        if self.months == _MONTHS_OF_A_YEAR:
            return str(self.year)
        if self.months == 1:
            return f"{self.year}-{self.month:02d}"
        return f"{self.year}-Q{(self.month + 2) // 3}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self._moved(1).first - timedelta(days=1)

    @property
    def begins_at(self) -> datetime:
        """The moment it begins."""
        return _midnight(self.first)

    @property
    def ends_at(self) -> datetime:
        """The first moment that is no longer in it."""
        return _midnight(self.last + timedelta(days=1))

    @property
    def before(self) -> Period:
        """The period of the same length before it."""
        return self._moved(-1)

    @property
    def month_codes(self) -> tuple[str, ...]:
        """Its months, "2026-07"."""
        return tuple(f"{self.year}-{self.month + offset:02d}" for offset in range(self.months))

    def overlaps(self, other: Period) -> bool:
        """Whether a day is in both."""
        return self.first <= other.last and other.first <= self.last

    def label(self, language: str) -> str:
        """In words: "troisième trimestre 2026", "third quarter of 2026", "juillet 2026", "2026"."""
        if self.months == _MONTHS_OF_A_YEAR:
            return str(self.year)
        if self.months == 1:
            return month_label(self.code, language)
        return f"{_QUARTERS[_spoken(language)][(self.month - 1) // 3]} {self.year}"

    def _moved(self, steps: int) -> Period:
        months = self.year * 12 + self.month - 1 + steps * self.months
        return Period(months // 12, months % 12 + 1, self.months)


def month_label(code: str, language: str) -> str:
    """A month such as "2026-07" in words."""
    year, month = code.split("-")
    return str(format_date(date(int(year), int(month), 1), "MMMM y", locale=_spoken(language)))


def is_spoken(language: str) -> bool:
    """Whether months and quarters are told in a language itself, not in French instead."""
    return _spoken(language) == language


def _spoken(language: str) -> str:
    """CLDR's names of months in Bambara are few people's own: French ones are read."""
    return "en" if language == "en" else "fr"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BAMAKO).astimezone(UTC)
