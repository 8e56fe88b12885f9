"""Finds whom a report speaks of as its author: forces, groups, authorities. A finding is an allegation and no more."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from workers.contracts import Finding, FindingKind, Span
from workers.triage.matching import Listing, Match, Occurrences, listing
from workers.triage.patterns import Lexicon, lexicon, parse, rule_with_patterns
from workers.triage.reading import Reading, read


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor that messages name: its code, category and name, and how sure its words make it."""

    code: str
    category: str
    name: str
    weight: float


@cache
def _actors() -> tuple[Listing[Actor], Lexicon]:
    source = resources.files("workers.vocabularies").joinpath("actors.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in source.splitlines() if not line.startswith("#"))
    patterns = [
        (Actor(row["code"], row["category"], row["name"], float(row["weight"])), parse(source))
        for row in rows
        for source in row["patterns"].split("|")
    ]
    return listing(patterns), lexicon((pattern for _, pattern in patterns), {})


def find(text: str | Reading) -> list[Finding]:
    """The actors `text` names, surest first; evidence in code points of `text`."""
    reading = read(text)
    listed, known = _actors()
    occurrences = Occurrences(reading, known)
    matches: dict[Actor, list[Match]] = {}
    for actor, pattern in occurrences.begun(listed):
        matches.setdefault(actor, []).extend(occurrences.find(pattern))
    found = [_finding(reading, actor, own) for actor, own in matches.items() if own]
    return sorted(found, key=lambda finding: (-finding.confidence, finding.evidence[0].start))


def _finding(reading: Reading, actor: Actor, matches: Sequence[Match]) -> Finding:
    spans = sorted({span for match in matches for span in match.evidence(reading)}, key=_position)
    value = {"code": actor.code, "category": actor.category, "name": actor.name, "alleged": True}
    rule = rule_with_patterns("actor words", [match.pattern.source for match in matches])
    return Finding(FindingKind.ACTOR, value, actor.weight, rule, tuple(spans))


def _position(span: Span) -> tuple[int, int]:
    return (span.start, span.end)
