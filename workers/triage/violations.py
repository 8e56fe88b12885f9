"""Finds which of the 22 kinds of violation a report tells of, from the weighted vocabulary in workers/vocabularies.

Each pattern found is one voice; the voices for a code are joined as independent chances (1 − Π(1 − weight)). What
the text denies doesn't count, what it announces is a threat, what it asks or has only heard counts less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

from workers.contracts import Finding, FindingKind, Span
from workers.triage import context
from workers.triage.matching import Match, Occurrences
from workers.triage.patterns import rule_with_patterns
from workers.triage.reading import Reading, read
from workers.triage.violation_rules import Rule, violation_rules

NONE, OTHER, THREATS = "none", "other", "threats"
_LEAST = 0.5
_SURE_OTHER = 0.75
_GUESS = 0.6
_MOST_HINTED = 2
_HEARSAY = 0.85
_ASKED = 0.25
_ADVERTISED = 0.4
# What people are threatened with: announced, these are threats and not deeds.
_THREATENED = frozenset(
    {
        "killing",
        "abduction",
        "torture",
        "sexual_violence",
        "pillage",
        "forced_displacement",
        "attack_on_civilians",
        "attack_on_school_or_health",
        "arbitrary_detention",
        "enforced_disappearance",
    }
)


@dataclass(frozen=True, slots=True)
class Voice:
    """A rule that fired: the code it speaks for here, its weight here, and the words."""

    code: str
    weight: float
    match: Match

    @property
    def is_plain(self) -> bool:
        """Whether the voice says something by itself rather than hinting at it."""
        return self.weight >= _LEAST


def find(text: str | Reading, language: str) -> list[Finding]:
    """The violations `text` tells of, surest first; one finding of code `none` if it tells of no incident.

    `language` is an ISO 639-3 code or `und`. Evidence is in code points of `text`.
    """
    reading = read(text)
    voices = _voices(reading, language)
    plain = _findings(reading, [voice for voice in voices if voice.is_plain])
    found = plain or _hinted(_findings(reading, voices))
    specific = [
        finding for finding in found if finding.value["code"] != OTHER or finding.confidence >= _SURE_OTHER
    ]
    return sorted(specific or found, key=_rank) or [_none(voices)]


def _findings(reading: Reading, voices: Sequence[Voice]) -> list[Finding]:
    """A finding for each code that is likely enough."""
    findings = (_finding(reading, code, own) for code, own in _by_code(voices).items())
    return [finding for finding in findings if finding.confidence >= _LEAST]


def _hinted(findings: Sequence[Finding]) -> list[Finding]:
    """The likeliest few of what is only hinted at, never surer than a guess."""
    best = sorted(findings, key=_rank)[:_MOST_HINTED]
    return [replace(finding, confidence=min(finding.confidence, _GUESS)) for finding in best]


def _rank(finding: Finding) -> tuple[float, int]:
    return (-finding.confidence, min((span.start for span in finding.evidence), default=0))


def _none(voices: Sequence[Voice]) -> Finding:
    doubt = max((voice.weight for voice in voices), default=0.1)
    return Finding(FindingKind.VIOLATION, {"code": NONE}, round(1 - doubt, 3), "nothing in the vocabulary")


def _voices(reading: Reading, language: str) -> list[Voice]:
    listed, known = violation_rules()
    occurrences = Occurrences(reading, known)
    found = [
        (rule, match)
        for rule, pattern in occurrences.begun(listed)
        if rule.speaks(language)
        for match in occurrences.find(pattern)
        if not context.is_denied(reading, match, language)
    ]
    doubt = _Doubt(context.questions(reading), context.is_advertising(reading))
    return [_voice(reading, rule, match, doubt) for rule, match in _unabsorbed(found)]


def _unabsorbed(found: Sequence[tuple[Rule, Match]]) -> list[tuple[Rule, Match]]:
    """What is left once absorbing rules have taken their words from the other codes."""
    absorbed = [(rule.code, match.tokens) for rule, match in found if rule.absorbs]
    return [
        (rule, match)
        for rule, match in found
        if rule.weight > 0
        and not any(rule.code != code and match.tokens <= taken for code, taken in absorbed)
    ]


@dataclass(frozen=True, slots=True)
class _Doubt:
    """What makes a whole sentence or text less of a report: it asks about the service, it advertises."""

    questions: frozenset[int]
    is_advertising: bool

    def factor(self, sentence: int) -> float:
        return (_ASKED if sentence in self.questions else 1.0) * (_ADVERTISED if self.is_advertising else 1.0)


def _voice(reading: Reading, rule: Rule, match: Match, doubt: _Doubt) -> Voice:
    sentence = reading.tokens[match.first].sentence
    weight = rule.weight
    if not context.is_told_as_done(reading, match):
        weight *= doubt.factor(sentence)
    if context.is_hearsay(reading, match):
        weight *= _HEARSAY
    is_threat = rule.code in _THREATENED and context.is_to_come(reading, match)
    return Voice(THREATS if is_threat else rule.code, weight, match)


def _by_code(voices: Sequence[Voice]) -> Mapping[str, list[Voice]]:
    """The voices for each code, strongest first, no two resting on the same words."""
    chosen: dict[str, list[Voice]] = {}
    for voice in sorted(
        voices, key=lambda voice: (-voice.weight, -len(voice.match.tokens), voice.match.first)
    ):
        own = chosen.setdefault(voice.code, [])
        if all(_is_another(voice.match, other.match) for other in own):
            own.append(voice)
    return chosen


def _is_another(match: Match, other: Match) -> bool:
    """Whether a match adds to another: it rests on other words, and says them otherwise."""
    return match.pattern.source != other.pattern.source and match.tokens.isdisjoint(other.tokens)


def _finding(reading: Reading, code: str, voices: Sequence[Voice]) -> Finding:
    confidence = 1 - prod(1 - voice.weight for voice in voices)
    spans = sorted({span for voice in voices for span in voice.match.evidence(reading)}, key=_position)
    rule = rule_with_patterns("vocabulary", [voice.match.pattern.source for voice in voices])
    evidence = _merged(spans)
    return Finding(FindingKind.VIOLATION, {"code": code}, round(min(confidence, 0.99), 3), rule, evidence)


def _position(span: Span) -> tuple[int, int]:
    return (span.start, span.end)


def _merged(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The stretches in order, those that overlap joined."""
    merged: list[Span] = []
    for span in spans:
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)
