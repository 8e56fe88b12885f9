"""Finds whom a report speaks of as its author: forces, groups, authorities. A finding is an allegation and no more."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from workers.contracts import Finding, FindingKind, Span
from workers.triage.matching import Occurrences
from workers.triage.patterns import Lexicon, Pattern, lexicon, parse, rule_with_patterns
from workers.triage.reading import Reading, read


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor that messages name: its code, category and name, and the words that stand for it."""

    code: str
    category: str
    name: str
    weight: float
    patterns: tuple[Pattern, ...]


@cache
def _actors() -> tuple[tuple[Actor, ...], Lexicon]:
    source = resources.files("workers.vocabularies").joinpath("actors.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in source.splitlines() if not line.startswith("#"))
    actors = tuple(
        Actor(row["code"], row["category"], row["name"], float(row["weight"]), _patterns(row["patterns"]))
        for row in rows
    )
    return actors, lexicon((pattern for actor in actors for pattern in actor.patterns), {})


def _patterns(listing: str) -> tuple[Pattern, ...]:
    return tuple(parse(source) for source in listing.split("|"))


def find(text: str | Reading) -> list[Finding]:
    """The actors `text` names, surest first; evidence in code points of `text`."""
    reading = read(text)
    actors, known = _actors()
    occurrences = Occurrences(reading, known)
    found = [finding for actor in actors if (finding := _finding(reading, occurrences, actor))]
    return sorted(found, key=lambda finding: (-finding.confidence, finding.evidence[0].start))


def _finding(reading: Reading, occurrences: Occurrences, actor: Actor) -> Finding | None:
    matches = [match for pattern in actor.patterns for match in occurrences.find(pattern)]
    spans = sorted({span for match in matches for span in match.evidence(reading)}, key=_position)
    if not spans:
        return None
    value = {"code": actor.code, "category": actor.category, "name": actor.name, "alleged": True}
    rule = rule_with_patterns("actor words", [match.pattern.source for match in matches])
    return Finding(FindingKind.ACTOR, value, actor.weight, rule, tuple(spans))


def _position(span: Span) -> tuple[int, int]:
    return (span.start, span.end)
