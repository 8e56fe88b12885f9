"""Finds expressions of time in a folded text: which days each means, and how telling it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from workers.triage import dates_readers as readers
from workers.triage.dates_calendar import Period
from workers.triage.dates_vocabulary import any_of, runs_of_letters, telling_runs, time_words


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression of time in a text, the days it means, the rule it met, and how telling it is."""

    start: int
    end: int
    period: Period
    rule: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Pattern:
    """A rule: a regular expression on the folded text and the reader of what it matched.

    One of the runs of letters in `needed` stands, whole, in whatever it matches.
    """

    rule: str
    needed: frozenset[str]
    expression: re.Pattern[str]
    read: readers.Reader


def relative_expressions(folded: str, today: date) -> Iterator[Expression]:
    """Every expression of time relative to the day of the message, in no particular order."""
    runs = runs_of_letters(folded)
    asked = (pattern for pattern in patterns() if not pattern.needed.isdisjoint(runs))
    return found_by(asked, folded, today)


def found_by(asked: Iterable[Pattern], folded: str, today: date) -> Iterator[Expression]:
    """What the patterns asked find in a folded text."""
    for pattern in asked:
        for found in pattern.expression.finditer(folded):
            period, confidence = pattern.read(found, today)
            if period is not None:
                yield Expression(found.start(), found.end(), period, pattern.rule, confidence)


@cache
def patterns() -> tuple[Pattern, ...]:
    """Every rule, in the order in which they are asked."""
    known = time_words()
    words = {name: any_of(phrases) for name, phrases in known.words.items()}
    days, nights, now = any_of(known.days), any_of(known.night), any_of(known.now)
    weekdays = any_of(known.weekdays)
    months = any_of(month for month in known.months if month not in known.numbers)
    units, numbers = any_of(known.units), any_of(known.numbers)
    count = rf"(?P<count>\d{{1,3}}|{numbers})"
    telling = {name: telling_runs(phrases) for name, phrases in known.words.items()}
    rules: tuple[tuple[str, Iterable[str], str, readers.Reader], ...] = (
        (
            "night",
            telling_runs(known.night) | {"hier"},
            rf"{nights}|hier (?:dans )?(?:la |a la )?nuit",
            readers.night,
        ),
        (
            "night",
            telling_runs(known.days),
            rf"(?P<day>{days}) (?:dans )?(?:la |a la )?nuit",
            readers.night_of_day,
        ),
        (
            "night",
            {"nuit"},
            rf"nuit (?:de |du |d')?(?P<weekday>{weekdays})(?: (?:passe |dernier )?(?:a|au|et) (?:{weekdays}))?",
            readers.night_of_weekday,
        ),
        ("day", telling_runs(known.days), rf"(?P<day>{days})", readers.named_day),
        ("day", telling_runs(known.parts_of_today), any_of(known.parts_of_today), readers.part_of_today),
        ("now", telling_runs(known.now), now, readers.now),
        (
            "now",
            telling["just_before"],
            rf"{words['just_before']}[ '](?!niger)(?:\w{{3,}}(?:er|ir)|\w*(?:prendre|mettre|battre|pendre))",
            readers.now,
        ),
        (
            "month_day",
            telling["month_day"],
            rf"(?:le|du) (?P<number>\d{{1,2}}) {words['month_day']}",
            readers.month_day,
        ),
        (
            "ago",
            telling["ago_before"],
            rf"{words['ago_before']} (?:{words['vague']} )?(?:de )?{count} ?(?P<unit>{units})",
            readers.ago,
        ),
        ("ago", telling["ago_after"], rf"{count} ?(?P<unit>{units}) {words['ago_after']}", readers.ago),
        (
            "since",
            {"kabini"},
            rf"kabini (?P<unit>{any_of(known.bambara_units)}) (?P<count>{any_of(known.bambara_numbers)})",
            readers.since_in_bambara,
        ),
        (
            "since",
            telling["since"],
            rf"{words['since']} (?:les? |the )?(?:{words['vague']} )?{count} ?(?P<unit>{units})",
            readers.since,
        ),
        ("since", {"ces"}, rf"ces (?:{count} )?{words['last']} (?P<unit>{units})", readers.since),
        (
            "since",
            telling["lasting_before"],
            rf"{words['lasting_before']} (?:{words['vague']} )?{count} ?(?P<unit>{units}) {words['lasting_after']}"
            rf"(?![ ']?(?:[\w']+[ ']){{0,4}}{words['done']}(?!\w))",
            readers.lasting,
        ),
        (
            "last",
            telling["last"],
            rf"(?:la|le|l'|l|les|the)? ?(?P<unit>{units}) {words['last']}",
            readers.last_unit,
        ),
        ("last", telling["last_before"], rf"{words['last_before']} (?P<unit>{units})", readers.last_unit),
        (
            "before_last",
            telling["before_last"],
            rf"(?:la |le |l'|the )?(?P<unit>{units}) {words['before_last']}",
            readers.unit_before_last,
        ),
        (
            "before_last",
            telling["before_last_before"],
            rf"{words['before_last_before']} (?P<unit>{units})",
            readers.unit_before_last,
        ),
        (
            "before_last",
            telling["before_last"],
            rf"(?P<weekday>{weekdays}) {words['before_last']}",
            readers.weekday_before_last,
        ),
        (
            "ago",
            telling_runs(known.bambara_units),
            rf"(?P<unit>{any_of(known.bambara_units)}) (?P<count>{any_of(known.bambara_numbers)})",
            readers.ago_in_bambara,
        ),
        (
            "this",
            telling["this"],
            rf"{words['this']} (?P<unit>{units})(?![ '\-]{{1,2}}la)",
            readers.this_unit,
        ),
        (
            "weekday",
            telling_runs(known.weekdays),
            rf"(?P<lead>{words['every']} |{words['this']} |{words['last_before']} |{words['next_before']} )?"
            rf"(?P<weekday>{weekdays})(?! \d)"
            rf"(?: (?:matin |soir |nuit )?(?:(?P<last>{words['last']})|(?P<next>{words['next']})))?"
            rf"(?P<of_week> de la semaine {words['last']}| de l'autre semaine| last week| of last week)?",
            readers.weekday,
        ),
        (
            "month",
            telling_runs(known.months),
            rf"(?P<cue>{words['month_cue']}[ '\-])?(?P<month>{months})"
            rf"(?: (?:de )?(?:l[' ]an(?:nee)? )?"
            rf"(?:(?P<last>{words['last']})|(?P<next>{words['next']})|(?P<year>(?:19|20)\d\d)))?",
            readers.month,
        ),
        (
            "month",
            telling["last"],
            rf"l'? ?an(?:nee)? {words['last']} (?:{words['month_cue']}[ '\-])(?P<month>{months})",
            readers.month_of_last_year,
        ),
        (
            "month",
            telling["last_before"],
            rf"{words['last_before']} (?P<month>{months})(?P<cue>)(?P<last>)(?P<next>(?!))?(?P<year>(?!))?",
            readers.month,
        ),
        ("year", telling["year_cue"], rf"(?:{words['year_cue']}) (?P<year>(?:19|20)\d\d)", readers.year),
    )
    return tuple(
        Pattern(name, frozenset(needed), re.compile(rf"(?<!\w)(?:{text})(?!\w)"), read)
        for name, needed, text, read in rules
    )
