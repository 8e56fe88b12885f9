"""The figures that the text of a report may name, and how they are said in words. Pure.

Every name here is explained on the page where the text is edited (NAMES).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from flask_babel import lazy_gettext

from app.publications.labels import label, words
from app.publications.periods import Period
from app.publications.rules import rules
from app.publications.tables import Figure, PeriodFigures

SUMS = ("received", "verified", "mentions", "victims", "referrals")
MOST_LISTED = 10

NAMES = {
    "period, period_before": lazy_gettext("The period, and the one before it, in words."),
    "first_day, last_day, made_on": lazy_gettext("Days in words."),
    "publisher, threshold": lazy_gettext("Who publishes, and the least number that is shown."),
    "received, verified, victims, mentions, referrals": lazy_gettext(
        "Counts of this period. With “.before”, of the period before."
    ),
    "figure(table, row, column)": lazy_gettext("One count of a table, by its codes."),
    "say(count, one, several, none)": lazy_gettext(
        "A count with the right word: “no case”, “1 case”, “12 cases”."
    ),
    "compared(count)": lazy_gettext("The count of the period before and the change, in brackets."),
    "leading(table, number)": lazy_gettext(
        "The highest rows of a table with their counts, as a list in words."
    ),
    "hidden": lazy_gettext("How many figures are not shown."),
}


@dataclass(frozen=True, slots=True)
class Count:
    """A figure of this period and of the one before; None where one is not shown."""

    now: Figure
    before: Figure = None

    def __str__(self) -> str:
        """Never written into a text by itself: `say` finds the words."""
        return "·" if self.now is None else str(self.now)


def told(now: PeriodFigures, before: PeriodFigures, language: str, made_on: date) -> Mapping[str, Any]:
    """All that a text may name. `now` and `before` are of two successive periods."""
    period = Period.parse(now.period)
    sums, sums_before = _sums(now), _sums(before)
    return {
        "period": period.label(language),
        "period_before": Period.parse(before.period).label(language),
        "first_day": _day(period.first, language),
        "last_day": _day(period.last, language),
        "made_on": _day(made_on, language),
        "publisher": rules().publisher[language],
        "threshold": now.threshold,
        "hidden": now.hidden,
        **{name: Count(sums[name], sums_before[name]) for name in SUMS},
        "figure": _figure(now, before),
        "say": _say(language),
        "compared": _compared(language),
        "leading": _leading(now, language),
    }


def _sums(figures: PeriodFigures) -> dict[str, Figure]:
    tables = figures.tables
    return {
        "received": tables["received"].column_totals[0],
        "verified": tables["received"].column_totals[1],
        "mentions": tables["violations"].total,
        "victims": tables["victims"].total,
        "referrals": tables["referrals"].total,
    }


def _figure(now: PeriodFigures, before: PeriodFigures) -> Callable[..., Count]:
    def figure(table: str, row: str, column: str = "") -> Count:
        return Count(_one(now, table, row, column), _one(before, table, row, column))

    return figure


def _one(figures: PeriodFigures, table: str, row: str, column: str) -> Figure:
    """A cell; without a column, the row's total. Raises KeyError for a table that there isn't."""
    found = figures.tables[table]
    if row not in found.rows:
        return 0
    if column or not found.row_totals:
        return found.figure(row, column or found.columns[0])
    return found.row_totals[found.rows.index(row)]


def _say(language: str) -> Callable[..., str]:
    def say(count: Count, one: str, several: str, none: str) -> str:
        if count.now is None:
            return words("unsaid", language).format(several=several)
        if count.now == 0:
            return none
        is_one = count.now == 1
        return f"{number(count.now, language)}\u00a0{one if is_one else several}"

    return say


def _compared(language: str) -> Callable[[Count], str]:
    def compared(count: Count) -> str:
        if count.now is None or count.before is None:
            return words("not_compared", language)
        before = number(count.before, language)
        if not count.before:
            return words("compared", language).format(before=before)
        share = (count.now - count.before) / count.before
        change = format_percent(
            share, "+#,##0\u202f%;−#,##0\u202f%" if language == "fr" else "+#,##0%;−#,##0%", locale=language
        )
        return words("compared_change", language).format(before=before, change=change)

    return compared


def _leading(now: PeriodFigures, language: str) -> Callable[..., str]:
    def leading(table: str, most: int = 3) -> str:
        found = now.tables[table]
        rows = [(row, _one(now, table, row, "")) for row in found.rows if row]
        shown = sorted(((row, figure) for row, figure in rows if figure), key=lambda each: -(each[1] or 0))
        parts = [
            f"{label(found.row_dimension, row, language)} ({number(figure or 0, language)})"
            for row, figure in shown
        ]
        return ", ".join(parts[: min(most, MOST_LISTED)]) or words("nothing", language)

    return leading


def number(figure: int, language: str) -> str:
    """A number as the language writes it."""
    return str(format_decimal(figure, locale=language))


def _day(day: date, language: str) -> str:
    text = str(format_date(day, "d MMMM y", locale=language))
    return text.replace("1 ", "1er ", 1) if language == "fr" and day.day == 1 else text
