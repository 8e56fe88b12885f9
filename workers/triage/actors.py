"""Finds whom a report speaks of as its author: forces, groups, authorities. A finding is an allegation and no more.

Whoever the words tell of only as a victim or a relative is none.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from workers.contracts import Finding, FindingKind, Span
from workers.triage.actors_roles import Roles
from workers.triage.matching import Listing, Match, Occurrences, listing
from workers.triage.patterns import Lexicon, lexicon, parse, rule_with_patterns
from workers.triage.reading import Reading, read


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor that messages name: its code, category and name, and how sure its words make it.

    `is_close`: people around whoever writes, named in many reports, so that they must be told of as acting.
    """

    code: str
    category: str
    name: str
    weight: float
    is_close: bool


@cache
def known_actors() -> tuple[Listing[Actor], Lexicon]:
    """Every actor by its patterns, and the lexicon of their words, read once from workers/vocabularies/actors.csv."""
    source = resources.files("workers.vocabularies").joinpath("actors.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in source.splitlines() if not line.startswith("#"))
    patterns = [
        (actor, parse(source))
        for row in rows
        for actor in (_actor(row),)
        for source in row["patterns"].split("|")
    ]
    return listing(patterns), lexicon((pattern for _, pattern in patterns), {})


def _actor(row: Mapping[str, str]) -> Actor:
    return Actor(row["code"], row["category"], row["name"], float(row["weight"]), row["named_as"] == "close")


def find(text: str | Reading, acts: Sequence[Finding] = ()) -> list[Finding]:
    """The actors `text` names as having part in `acts`, surest first; evidence in code points of `text`.

    `acts` are the violations found in it: people around the sender are named only where one of these is theirs.
    """
    reading = read(text)
    listed, known = known_actors()
    occurrences = Occurrences(reading, known)
    matches: dict[Actor, list[Match]] = {}
    for actor, pattern in occurrences.begun(listed):
        matches.setdefault(actor, []).extend(occurrences.find(pattern))
    told = _told_as_authors(matches, Roles(reading, acts)) if matches else {}
    found = [_finding(reading, actor, own) for actor, own in told.items() if own]
    return sorted(found, key=lambda finding: (-finding.confidence, finding.evidence[0].start))


def _told_as_authors(matches: Mapping[Actor, Sequence[Match]], roles: Roles) -> dict[Actor, list[Match]]:
    return {
        actor: [
            match
            for match in own
            if not roles.is_suffering(match) and (not actor.is_close or roles.is_acting(match))
        ]
        for actor, own in matches.items()
    }


def _finding(reading: Reading, actor: Actor, matches: Sequence[Match]) -> Finding:
    spans = sorted({span for match in matches for span in match.evidence(reading)}, key=_position)
    value = {"code": actor.code, "category": actor.category, "name": actor.name, "alleged": True}
    rule = rule_with_patterns("actor words", [match.pattern.source for match in matches])
    return Finding(FindingKind.ACTOR, value, actor.weight, rule, tuple(spans))


def _position(span: Span) -> tuple[int, int]:
    return (span.start, span.end)
