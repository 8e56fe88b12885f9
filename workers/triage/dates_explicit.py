"""Finds dates written out ("12 mars 2026", "12/03/26", "March 12") and lets dateparser read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import cache, lru_cache
from itertools import islice

import dateparser

from workers.gates import Gate
from workers.triage import dates_calendar as calendar
from workers.triage.dates_calendar import Period
from workers.triage.dates_expressions import Expression
from workers.triage.dates_plain import NotPlain, plain_date
from workers.triage.dates_vocabulary import any_of, time_words

_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_NUMBER_MONTH = r"(?:1[0-2]|0?[1-9])"
_YEAR = r"(?:(?:19|20)\d\d)"
_LANGUAGES, _MOST_DATES = ["fr", "en"], 20
_GATE = Gate.on_digit("premier")  # no date is written out without


def explicit_expressions(folded: str, today: date) -> Iterator[Expression]:
    """Every date written out in a folded text, and ranges of them, not after today."""
    if not _GATE.is_open(folded):
        return
    for found in islice(_range_pattern().finditer(folded), _MOST_DATES):
        yield from _range(found, today)
    for found in islice(_month_range_pattern().finditer(folded), _MOST_DATES):
        yield from _month_range(found)
    for pattern, confidence in _date_patterns():
        for found in islice(pattern.finditer(folded), _MOST_DATES):
            moment = _parsed(found["date"], today)
            if moment is not None:
                yield Expression(
                    found.start("date"), found.end("date"), calendar.day(moment), "date", confidence
                )


@cache
def _range_pattern() -> re.Pattern[str]:
    months = any_of(time_words().months)
    return re.compile(
        rf"(?<!\w)(?:du |entre le |from |nuit du |le )(?P<first>{_DAY}|1 ?er)"
        rf"(?: (?P<month>{months})(?P<first_year> {_YEAR})?)?"
        rf" ?(?:au|et le|a|to|-) ?"
        rf"(?P<last>{_DAY}|1 ?er) (?P<last_month>{months})(?P<year> {_YEAR})?(?!\w)"
    )


@cache
def _month_range_pattern() -> re.Pattern[str]:
    months = any_of(time_words().months)
    return re.compile(
        rf"(?<!\w)(?:de |d'|entre |from )(?P<month>{months}) (?P<year>{_YEAR})"
        rf" (?:a|jusqu'en|et|to|and) (?P<last_month>{months}) (?P<last_year>{_YEAR})(?!\w)"
    )


@cache
def _date_patterns() -> tuple[tuple[re.Pattern[str], float], ...]:
    months = any_of(time_words().months)
    year = rf"(?:,? (?:de )?(?P<year>{_YEAR}))?"
    texts = (
        (rf"(?P<date>(?:{_DAY}|1 ?er|premier)(?: de| of)?[ \-]{months}\b{year})", 0.95),
        (rf"(?P<date>{months} {_DAY}(?:st|nd|rd|th)?\b{year})", 0.93),
        (rf"(?P<date>{_DAY}(?P<mark>[/.\-]){_NUMBER_MONTH}(?P=mark)(?:{_YEAR}|\d\d))", 0.95),
        (rf"(?P<date>{_YEAR}-{_NUMBER_MONTH}-{_DAY})", 0.95),
        (rf"(?:le|du|on|ce|date) (?P<date>{_DAY}/{_NUMBER_MONTH})", 0.88),
    )
    return tuple((re.compile(rf"(?<![\w/.\-])(?:{text})(?![\w/])(?![.\-]\d)"), sure) for text, sure in texts)


def _range(found: re.Match[str], today: date) -> Iterator[Expression]:
    year = found["year"] or ""
    first_year = found["first_year"] or year
    last = _parsed(f"{found['last']} {found['last_month']}{year}", today)
    first = _parsed(f"{found['first']} {found['month'] or found['last_month']}{first_year}", today)
    if first is not None and last is not None and first <= last:
        yield Expression(found.start("first"), found.end(), Period(first, last, "day"), "range", 0.95)


def _month_range(found: re.Match[str]) -> Iterator[Expression]:
    """From one month, told with its year, to another."""
    numbers = time_words().months
    first = calendar.month(int(found["year"]), numbers[found["month"]])
    last = calendar.month(int(found["last_year"]), numbers[found["last_month"]])
    if first.start <= last.start:
        period = Period(first.start, last.end, "month")
        yield Expression(found.start("month"), found.end(), period, "range", 0.9)


@lru_cache(maxsize=2048)  # a date is told by many: dateparser needs a millisecond for each
def _parsed(fragment: str, today: date) -> date | None:
    """The last such day not after today; None for the 31st of February and for the future."""
    try:
        return plain_date(fragment, today)
    except NotPlain:
        return parsed_by_library(fragment, today)


def parsed_by_library(fragment: str, today: date) -> date | None:
    """What dateparser makes of a date, however it is worded; None for the 31st of February and for the future."""
    settings = {
        "RELATIVE_BASE": datetime.combine(today, time()),
        "PREFER_DATES_FROM": "past",
        "DATE_ORDER": "DMY",
        "REQUIRE_PARTS": ["day", "month"],
    }
    tidy = re.sub(r"\b1 ?er\b|premier", "1", fragment)
    moment = dateparser.parse(tidy, languages=_LANGUAGES, settings=settings)
    return moment.date() if moment is not None and moment.date() <= today else None
