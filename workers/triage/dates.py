"""Finds when a reported incident took place, from the words of the message and the day it came in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import islice

from workers.contracts import Finding, FindingKind, Span
from workers.triage.dates_calendar import Period, day
from workers.triage.dates_explicit import explicit_expressions
from workers.triage.dates_expressions import Expression, relative_expressions
from workers.triage.dates_feasts import feast_expressions
from workers.triage.dates_vocabulary import any_of, time_words
from workers.triage.reading import Reading, read

_MOST_CHARACTERS, _MOST_EXPRESSIONS = 20_000, 200
_TODAY_BAMBARA_CONFIDENCE, _LASTING_COSTS = 0.8, 0.08
_ABOUT_DAYS, _ABOUT_COSTS = 3, 0.05
_ANSWERS = " :"  # after the label of a form's question
_BAMBARA = frozenset({"bam", "bm"})  # by ISO 639-3, as the engines say it, and by 639-1


def find(text: str | Reading, received_at: datetime, language: str | None = None) -> Finding | None:
    """When the incident of a message was, or None if the words don't say; never later than `received_at`.

    Days are those of Bamako, which keeps UTC. `language` only opens words too short to be read without it.
    Text after the first 20,000 characters is not read.
    """
    folded = read(text).folded[:_MOST_CHARACTERS]
    today = _day_of(received_at)
    listed = islice(_expressions(folded, today, language), _MOST_EXPRESSIONS)
    told = [each for each in _outermost(list(listed)) if not _is_birth(folded, each)]
    lasting = [_lasting(folded, _about(folded, each), today) for each in told]
    past = [(each, period) for each in lasting if (period := each.period.until(today)) is not None]
    if not past:
        return None
    best, period = max(past, key=lambda pair: (_is_told(folded, pair[0]), pair[0].confidence, -pair[0].start))
    return _finding(best, period)


def _is_told(folded: str, expression: Expression) -> bool:
    """Whether it stands on the line that answers "when", which wins over whatever else a text tells of."""
    line = folded[folded.rfind("\n", 0, expression.start) + 1 : expression.start]
    return any(line.startswith(f"{label}{_ANSWERS}") for label in time_words().words["label"])


def _day_of(received_at: datetime) -> date:
    return (received_at.astimezone(UTC) if received_at.tzinfo else received_at).date()


def _expressions(folded: str, today: date, language: str | None) -> Iterator[Expression]:
    yield from explicit_expressions(folded, today)
    yield from _answered_after_midnight(folded, today)
    yield from relative_expressions(folded, today)
    yield from feast_expressions(folded, today)
    yield from _bambara_today(folded, today, language)


def _answered_after_midnight(folded: str, today: date) -> Iterator[Expression]:
    """The day after the message, told with its year in answer to "when": the form was begun before midnight and ended
    after it. What it tells of had happened when it was begun, so it is of the message's day at the latest.
    """
    tomorrow = today + timedelta(days=1)
    if _ANSWERS not in folded:
        return
    for line in _answer_pattern().finditer(folded):
        for each in explicit_expressions(line["answer"], tomorrow):
            if each.period.end == tomorrow and str(tomorrow.year) in line["answer"]:
                start, end = (line.start("answer") + place for place in (each.start, each.end))
                period = Period(min(each.period.start, today), today, each.period.precision)
                yield replace(each, start=start, end=end, period=period)


@cache
def _answer_pattern() -> re.Pattern[str]:
    label = any_of(time_words().words["label"])
    return re.compile(rf"^{label}{_ANSWERS}(?P<answer>.*)$", re.MULTILINE)


def _bambara_today(folded: str, today: date, language: str | None) -> Iterator[Expression]:
    """ "bi" is today in Bambara only among Bambara words."""
    if not any(word in folded for word in time_words().bambara_today):
        return
    for found in _bambara_today_pattern().finditer(folded):
        beside = re.findall(r"\w+", folded[max(0, found.start() - 60) : found.end() + 60])
        known = time_words().bambara_beside.intersection(beside)
        if language in _BAMBARA or len(known) >= 2:
            yield Expression(*found.span(), day(today), "day", _TODAY_BAMBARA_CONFIDENCE)


@cache
def _bambara_today_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){any_of(time_words().bambara_today)}(?!\w)")


@cache
def _birth_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){any_of(time_words().words['born'])}[ :]*(?:le |en |the )?$")


@cache
def _since_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    since = any_of(time_words().words["since_when"])
    return re.compile(rf"(?<!\w){since} ?$"), re.compile(rf"{since}\b")


@cache
def _about_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){any_of(time_words().words['about_when'])} ?$")


def _about(folded: str, expression: Expression) -> Expression:
    """ "vers le" before a date: some days before or after it, and sure only to the week."""
    before = folded[max(0, expression.start - 30) : expression.start]
    if expression.rule != "date" or not _about_pattern().search(before):
        return expression
    days, around = expression.period, timedelta(days=_ABOUT_DAYS)
    period = Period(days.start - around, days.end + around, "week")
    return replace(expression, period=period, confidence=round(expression.confidence - _ABOUT_COSTS, 2))


def _lasting(folded: str, expression: Expression, today: date) -> Expression:
    """ "depuis" before a day or opening a month: it has lasted from then until now."""
    before, opening = _since_patterns()
    is_opened = opening.match(folded, expression.start) is not None
    if not is_opened and not before.search(folded[max(0, expression.start - 20) : expression.start]):
        return expression
    lasting = Period(expression.period.start, today, expression.period.precision)
    return replace(expression, period=lasting, confidence=expression.confidence - _LASTING_COSTS)


def _is_birth(folded: str, expression: Expression) -> bool:
    return _birth_pattern().search(folded[max(0, expression.start - 30) : expression.start]) is not None


def _outermost(found: Sequence[Expression]) -> list[Expression]:
    """Leaves out what lies inside a longer expression ("hier" in "avant-hier", "mars" in "12 mars")."""
    return [each for each in found if not any(_is_inside(each, other) for other in found)]


def _is_inside(inner: Expression, outer: Expression) -> bool:
    covers = outer.start <= inner.start and inner.end <= outer.end
    return covers and outer.end - outer.start > inner.end - inner.start


def _finding(expression: Expression, period: Period) -> Finding:
    value = {"from": period.start.isoformat(), "to": period.end.isoformat(), "precision": period.precision}
    evidence = (Span(expression.start, expression.end),)
    return Finding(FindingKind.OCCURRED, value, expression.confidence, f"date:{expression.rule}", evidence)
