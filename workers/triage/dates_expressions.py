"""Finds expressions of time in a folded text: which days each means, and how telling it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from workers.triage import dates_calendar as calendar
from workers.triage.dates_calendar import Period
from workers.triage.dates_vocabulary import any_of, first_runs, plain, runs_of_letters, time_words


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression of time in a text, the days it means, the rule it met, and how telling it is."""

    start: int
    end: int
    period: Period
    rule: str
    confidence: float


_TOLD_AS_LASTING = 0.15  # surer than the same words read as a day

Reader = Callable[[re.Match[str], date], tuple[Period | None, float]]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A rule: a regular expression on the folded text and the reader of what it matched.

    One of the runs of letters in `needed` stands, whole, in whatever it matches.
    """

    rule: str
    needed: frozenset[str]
    expression: re.Pattern[str]
    read: Reader


def relative_expressions(folded: str, today: date) -> Iterator[Expression]:
    """Every expression of time relative to the day of the message, in no particular order."""
    runs = runs_of_letters(folded)
    for pattern in _patterns():
        if pattern.needed.isdisjoint(runs):
            continue
        for found in pattern.expression.finditer(folded):
            period, confidence = pattern.read(found, today)
            if period is not None:
                yield Expression(found.start(), found.end(), period, pattern.rule, confidence)


@cache
def _patterns() -> tuple[Pattern, ...]:
    known = time_words()
    words = {name: any_of(phrases) for name, phrases in known.words.items()}
    days, nights, now = any_of(known.days), any_of(known.night), any_of(known.now)
    weekdays = any_of(known.weekdays)
    months = any_of(month for month in known.months if month not in known.numbers)
    units, numbers = any_of(known.units), any_of(known.numbers)
    count = rf"(?P<count>\d{{1,3}}|{numbers})"
    first = {name: first_runs(phrases) for name, phrases in known.words.items()}
    rules: tuple[tuple[str, Iterable[str], str, Reader], ...] = (
        (
            "night",
            first_runs(known.night) | {"hier"},
            rf"{nights}|hier (?:dans )?(?:la |a la )?nuit",
            _night,
        ),
        ("night", first_runs(known.days), rf"(?P<day>{days}) (?:dans )?(?:la |a la )?nuit", _night_of_day),
        (
            "night",
            {"nuit"},
            rf"nuit (?:de |du |d')?(?P<weekday>{weekdays})(?: (?:passe |dernier )?(?:a|au|et) (?:{weekdays}))?",
            _night_of_weekday,
        ),
        ("day", first_runs(known.days), rf"(?P<day>{days})", _named_day),
        ("day", first_runs(known.parts_of_today), any_of(known.parts_of_today), _part_of_today),
        ("now", first_runs(known.now), now, _now),
        (
            "now",
            first["just_before"],
            rf"{words['just_before']}[ '](?!niger)(?:\w{{3,}}(?:er|ir)|\w*(?:prendre|mettre|battre|pendre))",
            _now,
        ),
        (
            "month_day",
            first["month_day"],
            rf"(?:le|du) (?P<number>\d{{1,2}}) {words['month_day']}",
            _month_day,
        ),
        (
            "ago",
            first["ago_before"],
            rf"{words['ago_before']} (?:{words['vague']} )?(?:de )?{count} ?(?P<unit>{units})",
            _ago,
        ),
        ("ago", first["ago_after"], rf"{count} ?(?P<unit>{units}) {words['ago_after']}", _ago),
        (
            "since",
            {"kabini"},
            rf"kabini (?P<unit>{any_of(known.bambara_units)}) (?P<count>{any_of(known.bambara_numbers)})",
            _since_in_bambara,
        ),
        (
            "since",
            first["since"],
            rf"{words['since']} (?:les? |the )?(?:{words['vague']} )?{count} ?(?P<unit>{units})",
            _since,
        ),
        ("since", {"ces"}, rf"ces (?:{count} )?{words['last']} (?P<unit>{units})", _since),
        (
            "since",
            first["lasting_before"],
            rf"{words['lasting_before']} (?:{words['vague']} )?{count} ?(?P<unit>{units}) {words['lasting_after']}"
            rf"(?![ ']?(?:[\w']+[ ']){{0,4}}{words['done']}(?!\w))",
            _lasting,
        ),
        (
            "last",
            first["last"],
            rf"(?:la|le|l'|l|les|the)? ?(?P<unit>{units}) {words['last']}",
            _last_unit,
        ),
        ("last", first["last_before"], rf"{words['last_before']} (?P<unit>{units})", _last_unit),
        (
            "before_last",
            first["before_last"],
            rf"(?:la |le |l'|the )?(?P<unit>{units}) {words['before_last']}",
            _unit_before_last,
        ),
        (
            "before_last",
            first["before_last_before"],
            rf"{words['before_last_before']} (?P<unit>{units})",
            _unit_before_last,
        ),
        (
            "before_last",
            first["before_last"],
            rf"(?P<weekday>{weekdays}) {words['before_last']}",
            _weekday_before_last,
        ),
        (
            "ago",
            first_runs(known.bambara_units),
            rf"(?P<unit>{any_of(known.bambara_units)}) (?P<count>{any_of(known.bambara_numbers)})",
            _ago_in_bambara,
        ),
        ("this", first["this"], rf"{words['this']} (?P<unit>{units})(?![ '\-]{{1,2}}la)", _this_unit),
        (
            "weekday",
            first_runs(known.weekdays),
            rf"(?P<lead>{words['every']} |{words['this']} |{words['last_before']} |{words['next_before']} )?"
            rf"(?P<weekday>{weekdays})(?! \d)"
            rf"(?: (?:matin |soir |nuit )?(?:(?P<last>{words['last']})|(?P<next>{words['next']})))?"
            rf"(?P<of_week> de la semaine {words['last']}| de l'autre semaine| last week| of last week)?",
            _weekday,
        ),
        (
            "month",
            first_runs(known.months),
            rf"(?P<cue>{words['month_cue']}[ '\-])?(?P<month>{months})"
            rf"(?: (?:de )?(?:l[' ]an(?:nee)? )?"
            rf"(?:(?P<last>{words['last']})|(?P<next>{words['next']})|(?P<year>(?:19|20)\d\d)))?",
            _month,
        ),
        (
            "month",
            first["last"],
            rf"l'? ?an(?:nee)? {words['last']} (?:{words['month_cue']}[ '\-])(?P<month>{months})",
            _month_of_last_year,
        ),
        (
            "month",
            first["last_before"],
            rf"{words['last_before']} (?P<month>{months})(?P<cue>)(?P<last>)(?P<next>(?!))?(?P<year>(?!))?",
            _month,
        ),
        ("year", first["year_cue"], rf"(?:{words['year_cue']}) (?P<year>(?:19|20)\d\d)", _year),
    )
    return tuple(
        Pattern(name, frozenset(needed), re.compile(rf"(?<!\w)(?:{text})(?!\w)"), read)
        for name, needed, text, read in rules
    )


def _night(_: re.Match[str], today: date) -> tuple[Period | None, float]:
    return Period(today - timedelta(days=1), today, "day"), 0.88


def _night_of_day(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    evening = today + timedelta(days=time_words().days[plain(found["day"])])
    return Period(evening, min(evening + timedelta(days=1), today), "day"), 0.93


def _night_of_weekday(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    weekday = time_words().weekdays[plain(found["weekday"])]
    evening = calendar.last_weekday(today, weekday, may_be_today=False)
    return Period(evening, evening + timedelta(days=1), "day"), 0.89


def _named_day(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    back = -time_words().days[plain(found["day"])]
    moment = today - timedelta(days=back)
    return calendar.day(moment), 0.92 if back else 0.8


def _part_of_today(_: re.Match[str], today: date) -> tuple[Period | None, float]:
    return calendar.day(today), 0.91


def _month_day(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    return calendar.last_day_numbered(today, int(found["number"])), 0.84


def _now(_: re.Match[str], today: date) -> tuple[Period | None, float]:
    return calendar.day(today), 0.6


def _ago(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    count, unit = _count(found["count"]), time_words().units[found["unit"]]
    if unit == "hour":
        return calendar.day(today), 0.8
    if _is_vague(found) and unit == "day":
        return Period(today - timedelta(days=7), today - timedelta(days=2), "week"), 0.7
    return calendar.shifted(today, count, unit), {"day": 0.9, "week": 0.82, "month": 0.75}.get(unit, 0.7)


def _since(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    unit = time_words().units[found["unit"]]
    if unit == "hour":
        return calendar.day(today), 0.75
    written = found["count"]
    begun = calendar.begun(today, _count(written) if written else 3, unit)
    if begun is None:
        return None, 0.0
    precision = "week" if written is None or (_is_vague(found) and unit == "day") else unit
    return Period(begun, today, precision), {"day": 0.78, "week": 0.74}.get(unit, 0.68)


def _lasting(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    """ "ça fait six mois qu'il est au camp": a state that lasts, where "ça fait six mois qu'on l'a tué" is a day."""
    period, confidence = _since(found, today)
    return period, round(confidence + _TOLD_AS_LASTING, 2)


def _last_unit(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    unit = time_words().units[found["unit"]]
    if unit == "week":
        return calendar.calendar_week(today, 1), 0.82
    return (None, 0.0) if unit in ("hour", "day") else (calendar.shifted(today, 1, unit), 0.76)


def _unit_before_last(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    """ "la semaine surpassée": in the French of West Africa, the one before the last."""
    unit = time_words().units[found["unit"]]
    if unit == "week":
        return calendar.calendar_week(today, 2), 0.83
    return (None, 0.0) if unit in ("hour", "day") else (calendar.shifted(today, 2, unit), 0.77)


def _weekday_before_last(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    weekday = time_words().weekdays[plain(found["weekday"])]
    last = calendar.last_weekday(today, weekday, may_be_today=False)
    return calendar.day(last - timedelta(days=7)), 0.88


def _ago_in_bambara(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    """Bambara counts after the unit: "tile saba", three days."""
    unit = time_words().bambara_units[plain(found["unit"])]
    return calendar.shifted(today, time_words().bambara_numbers[plain(found["count"])], unit), 0.72


def _since_in_bambara(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    unit = time_words().bambara_units[plain(found["unit"])]
    start = calendar.begun(today, time_words().bambara_numbers[plain(found["count"])], unit)
    return (Period(start, today, unit), 0.78) if start else (None, 0.0)


def _this_unit(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    unit = time_words().units[found["unit"]]
    if unit == "week":
        return calendar.calendar_week(today, 0), 0.78
    return (None, 0.0) if unit in ("hour", "day") else (calendar.shifted(today, 0, unit), 0.7)


def _weekday(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    lead = plain(found["lead"] or "")
    if found["next"] or lead in time_words().words["next_before"] or lead in time_words().words["every"]:
        return None, 0.0
    weekday = time_words().weekdays[plain(found["weekday"])]
    if found["of_week"]:
        monday = calendar.calendar_week(today, 1).start
        return calendar.day(monday + timedelta(days=weekday)), 0.9
    may_be_today = lead in time_words().words["this"] and not found["last"]
    return calendar.day(calendar.last_weekday(today, weekday, may_be_today=may_be_today)), 0.87


def _month(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    if found["next"] or (found["cue"] is None and found["last"] is None and found["year"] is None):
        return None, 0.0
    number = time_words().months[found["month"]]
    if found["year"]:
        return calendar.month(int(found["year"]), number), 0.85
    is_this_month = number == today.month and bool(found["last"])
    return calendar.last_month_named(today, number, before_this_year=is_this_month), 0.78


def _month_of_last_year(found: re.Match[str], today: date) -> tuple[Period | None, float]:
    return calendar.month(today.year - 1, time_words().months[found["month"]]), 0.86


def _year(found: re.Match[str], _: date) -> tuple[Period | None, float]:
    return calendar.year(int(found["year"])), 0.81


def _count(written: str) -> int:
    return int(written) if written.isdigit() else time_words().numbers[plain(written)]


def _is_vague(found: re.Match[str]) -> bool:
    return plain(found["count"] or "") in time_words().words["vague"]
