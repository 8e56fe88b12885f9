"""Finds reports that may tell of the same event, among candidates already narrowed to a region and a month.

The same message sent again shares almost all its words; the same event told by another shares the rare ones, the kind
of act and the day. Both are proposals with reasons: a person merges.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz

from workers.contracts import Finding, FindingKind, Span
from workers.triage.reading import Reading, read

AGAIN, TOLD_BY_OTHER = "same message again", "same event told by another"
_AGAIN_LIKENESS = 88.0
_EVENT_LEAST = 0.5
_COMPARED_CHARACTERS = 2_000
_FEWEST_WORDS = 3
_FEWEST_SHARED = 3
_DAYS_APART = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that may be the same: its anonymised text and what triage found in it."""

    case_id: str
    text: str
    region: str | None = None
    occurred_from: date | None = None
    violations: frozenset[str] = frozenset()


def similar(
    text: str,
    candidates: Sequence[Candidate],
    *,
    occurred_from: date | None = None,
    violations: frozenset[str] = frozenset(),
) -> list[Finding]:
    """The candidates that seem to be the same message or event as the anonymised `text`, likeliest first."""
    reading = read(text[:_COMPARED_CHARACTERS])
    own = Candidate("", text, None, occurred_from, violations)
    readings = [read(candidate.text[:_COMPARED_CHARACTERS]) for candidate in candidates]
    rarity = _rarity([reading, *readings])
    compared = (
        _finding_if_alike(reading, theirs, rarity, own, candidate)
        for theirs, candidate in zip(readings, candidates, strict=True)
    )
    found = [finding for finding in compared if finding is not None]
    return sorted(found, key=lambda finding: (-finding.confidence, finding.value["case_id"]))


def _rarity(readings: Sequence[Reading]) -> dict[str, float]:
    """How telling each word is: one that few of the texts hold weighs more."""
    held = Counter(key for reading in readings for key in _keys(reading))
    return {key: math.log(1 + len(readings) / count) for key, count in held.items()}


def _keys(reading: Reading) -> set[str]:
    """The words that can tell events apart: names of places, things, numbers; not the small words."""
    return {token.key for token in reading.tokens if len(token.key) > 3 or token.key.isdigit()}


def _finding_if_alike(
    reading: Reading, theirs: Reading, rarity: dict[str, float], own: Candidate, other: Candidate
) -> Finding | None:
    if min(len(reading.tokens), len(theirs.tokens)) < _FEWEST_WORDS:
        return None
    likeness = fuzz.token_sort_ratio(_sortable(reading), _sortable(theirs))
    if likeness >= _AGAIN_LIKENESS:
        return _finding(reading, theirs, other, likeness / 100, AGAIN)
    chance = _shared(reading, theirs, rarity) * _agreement(own, other)
    return _finding(reading, theirs, other, chance, TOLD_BY_OTHER) if chance >= _EVENT_LEAST else None


def _sortable(reading: Reading) -> str:
    return " ".join(token.key for token in reading.tokens)


def _shared(one: Reading, other: Reading, rarity: dict[str, float]) -> float:
    """The share of the shorter text's telling words that the other holds too, weighed by rarity (0–1)."""
    ours, theirs = _keys(one), _keys(other)
    if len(ours & theirs) < _FEWEST_SHARED:
        return 0.0
    common = sum(rarity[key] for key in ours & theirs)
    least = min(sum(rarity[key] for key in ours), sum(rarity[key] for key in theirs))
    return common / least if least else 0.0


def _agreement(own: Candidate, other: Candidate) -> float:
    """How far kind of act and day speak for one event: about 1.4 if both do, well below 1 if either speaks against."""
    factor = 1.0
    if own.violations and other.violations:
        factor *= 1.25 if own.violations & other.violations else 0.5
    if own.occurred_from and other.occurred_from:
        apart = abs((own.occurred_from - other.occurred_from).days)
        factor *= 1.15 if apart <= _DAYS_APART else 0.5
    return factor


def _finding(reading: Reading, theirs: Reading, other: Candidate, chance: float, rule: str) -> Finding:
    shared = _keys(theirs)
    spans = tuple(
        Span(token.start, token.end)
        for token in reading.tokens
        if token.key in shared and (len(token.key) > 3 or token.key.isdigit())
    )
    return Finding(FindingKind.TWIN, {"case_id": other.case_id}, round(min(chance, 0.99), 3), rule, spans)
