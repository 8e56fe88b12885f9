"""Finds feasts and seasons in a folded text: Tabaski, Ramadan, the rains, the harvest, as periods of the calendar.

Islamic feasts are reckoned by the Umm al-Qura calendar. The moon is watched for in Mali, so a feast may have been
kept a day later: its period has two days.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from hijridate import Gregorian, Hijri

from workers.gates import Gate
from workers.triage import dates_calendar as calendar
from workers.triage.dates_calendar import Period
from workers.triage.dates_expressions import Expression
from workers.triage.dates_vocabulary import any_of, telling_runs, time_tables, time_words

_FEAST_CONFIDENCE, _BESIDE_CONFIDENCE, _SEASON_CONFIDENCE = 0.84, 0.62, 0.72
_FIRST_KNOWN, _LAST_KNOWN = date(1960, 1, 1), date(2076, 12, 31)  # the years that both calendars know
_ONE_DAY, _ONE_WEEK = timedelta(days=1), timedelta(days=7)
_YEARS_BACK = 2


@dataclass(frozen=True, slots=True)
class Occasion:
    """A feast or season: what it is named by, and the period it takes in a year counted back from today's.

    Its `gate` is open for every folded text that may name it.
    """

    pattern: re.Pattern[str]
    gate: Gate
    period: Callable[[date, int], Period]


def feast_expressions(folded: str, today: date) -> Iterator[Expression]:
    """Every feast or season named as a time in a folded text; the last one that has begun unless told otherwise."""
    if not _FIRST_KNOWN <= today <= _LAST_KNOWN or not _any_gate().is_open(folded):
        return
    for feast in _named(_feasts(), folded):
        for found in feast.pattern.finditer(folded):
            yield from _feast(found, feast, today)
    for season in _named(_seasons(), folded):
        for found in season.pattern.finditer(folded):
            yield from _season(found, season, today)


def _named(occasions: Sequence[Occasion], folded: str) -> list[Occasion]:
    """Those that a folded text may name."""
    return [each for each in occasions if each.gate.is_open(folded)]


@cache
def _feasts() -> tuple[Occasion, ...]:
    tables = time_tables()["feasts"]
    return tuple(_occasion(table, _feast_pattern, _reckoning(table)) for table in tables.values())


@cache
def _seasons() -> tuple[Occasion, ...]:
    tables = time_tables()["seasons"]
    return tuple(_occasion(table, _season_pattern, _months(table)) for table in tables.values())


def _occasion(
    table: Mapping[str, Any],
    pattern: Callable[[str], re.Pattern[str]],
    period: Callable[[date, int], Period],
) -> Occasion:
    return Occasion(pattern(any_of(table["words"])), _gate(table["words"]), period)


def _gate(phrases: Iterable[str]) -> Gate:
    runs = telling_runs(phrases)
    return Gate(lambda folded: bool([run for run in runs if run in folded]))


@cache
def _any_gate() -> Gate:
    """Open for every text that may name any of them."""
    tables = [table for kind in ("feasts", "seasons") for table in time_tables()[kind].values()]
    runs = sorted(telling_runs(word for table in tables for word in table["words"]))
    shortest = [run for run in runs if not any(other in run for other in runs if other != run)]
    return Gate(lambda folded: any(map(folded.__contains__, shortest)))


def _reckoning(table: Mapping[str, Any]) -> Callable[[date, int], Period]:
    """How to find a feast so many years back; years are those of the calendar that the feast follows."""
    month, number = int(table["month"]), int(table["day"])
    if table["calendar"] == "islamic":
        return lambda today, back: _islamic(today, back, month, number)
    return lambda today, back: calendar.day(date(today.year - back, month, number))


def _islamic(today: date, back: int, month: int, number: int) -> Period:
    """A day of the Islamic year and the one after it; a whole month where the day is 0."""
    year = Gregorian.fromdate(today).to_hijri().year - back
    first = _gregorian(Hijri(year, month, number or 1))
    if number:
        return Period(first, first + _ONE_DAY, "day")
    following = Hijri(year, month + 1, 1) if month < 12 else Hijri(year + 1, 1, 1)
    return Period(first, _gregorian(following), "month")


def _gregorian(moment: Hijri) -> date:
    found = moment.to_gregorian()
    return date(found.year, found.month, found.day)


def _months(table: Mapping[str, Any]) -> Callable[[date, int], Period]:
    first, last = int(table["from_month"]), int(table["to_month"])

    def period(today: date, back: int) -> Period:
        year = today.year - back
        end = calendar.month(year + (last < first), last).end
        return Period(date(year, first, 1), end, "month")

    return period


def _feast_pattern(words: str) -> re.Pattern[str]:
    known = time_words().words
    lead = "|".join(rf"(?P<{name}>{any_of(known[name])})" for name in ("eve", "morrow", "before", "after"))
    return re.compile(
        rf"(?<!\w)(?:(?:{lead}) (?:de |d'|du |le |la |l')*)?(?P<feast>{words})(?!\w){_qualified()}"
    )


def _season_pattern(words: str) -> re.Pattern[str]:
    cue = any_of(
        [*time_words().words["during"], *time_words().words["this"], *time_words().words["last_before"]]
    )
    return re.compile(
        rf"(?<!\w)(?:{cue} ?(?:l'|la |le |les |the )?(?P<cued>{words})|(?P<bare>{words}))(?!\w){_qualified()}"
    )


def _qualified() -> str:
    """What may follow: the last one, the next one, that of last year."""
    known = time_words().words
    last, following = any_of(known["last"]), any_of(known["next"])
    return (
        rf"(?P<year_before> (?:de )?(?:l'|l )an(?:nee)? {last}| last year)?"
        rf"(?: (?:(?P<last>{last})|(?P<next>{following}))(?!\w))?"
    )


def _feast(found: re.Match[str], feast: Occasion, today: date) -> Iterator[Expression]:
    if found["next"]:
        return
    period = _latest(feast, found, today)
    if period is None:
        return
    confidence = _BESIDE_CONFIDENCE if found["before"] or found["after"] else _FEAST_CONFIDENCE
    yield Expression(found.start(), found.end(), _beside(found, period), "feast", confidence)


def _beside(found: re.Match[str], period: Period) -> Period:
    """The eve, the morrow, the week before or after; else the feast itself."""
    if found["eve"]:
        return Period(period.start - _ONE_DAY, period.end - _ONE_DAY, period.precision)
    if found["morrow"]:
        return Period(period.start + _ONE_DAY, period.end + _ONE_DAY, period.precision)
    if found["before"]:
        return Period(period.start - _ONE_WEEK, period.start - _ONE_DAY, "week")
    if found["after"]:
        return Period(period.end, period.end + _ONE_WEEK, "week")
    return period


def _season(found: re.Match[str], season: Occasion, today: date) -> Iterator[Expression]:
    is_told_as_time = found["cued"] or found["last"] or found["year_before"]
    period = _latest(season, found, today) if is_told_as_time and not found["next"] else None
    if period is not None:
        yield Expression(found.start(), found.end(), period, "season", _SEASON_CONFIDENCE)


def _latest(occasion: Occasion, found: re.Match[str], today: date) -> Period | None:
    """The last time it came round: before this year where the words say so, over where they say it is past."""
    limit = date(today.year, 1, 1) - _ONE_DAY if found["year_before"] else today
    for back in range(-1, _YEARS_BACK + 1):
        period = occasion.period(today, back)
        has_come = period.start <= limit
        if has_come and not (found["last"] and period.end >= today):
            return period
    return None
