"""Weighs the vocabulary's findings against what the linear model thinks of the same text.

The rule: a code's standing is a fifth of the vocabulary's confidence and four fifths of the model's likelihood, and
the highest standing is the main code. What the vocabulary found with evidence always stays, never below one half. A
code that the model alone proposes must be likely, or stand highest; by itself it is never surer than 0.8, and where
there is nothing else and it is below one half, a person looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from workers.contracts import Finding, FindingKind
from workers.triage.linear_model import Model, Opinion
from workers.triage.violations import NONE

RULE = "model: words that weighed"
_VOCABULARY_SHARE = 0.2
_LEAST, _LIKELY = 0.15, 0.5
_FLOOR, _MOST, _MOST_ALONE = 0.5, 0.99, 0.8
_LONGEST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class _Standing:
    """A code that either voice speaks for, and how it stands."""

    vocabulary: Finding | None
    opinion: Opinion | None

    @property
    def likelihood(self) -> float:
        return self.opinion.likelihood if self.opinion else 0.0

    @property
    def value(self) -> float:
        known = self.vocabulary.confidence if self.vocabulary else 0.0
        return _VOCABULARY_SHARE * known + (1 - _VOCABULARY_SHARE) * self.likelihood

    @property
    def is_kept(self) -> bool:
        """Whether it is said beside another: it has evidence, or is likely."""
        return self.vocabulary is not None or self.likelihood >= _LIKELY


def weighed(text: str, found: Sequence[Finding], model: Model | None) -> list[Finding]:
    """The violations of `text` by both voices, the main one first; `found` is what the vocabulary said."""
    if model is None:
        return list(found)
    opinions = {opinion.code: opinion for opinion in model.opinions(text[:_LONGEST_TEXT], _LEAST)}
    known = {str(finding.value["code"]): finding for finding in found}
    standings = [
        _Standing(known.get(code), opinions.get(code)) for code in dict.fromkeys([*known, *opinions])
    ]
    ordered = sorted(standings, key=lambda standing: -standing.value)
    return _said(ordered) or list(found)


def _said(ordered: Sequence[_Standing]) -> list[Finding]:
    """The main code, and those beside it; "none" stands only alone, and never against evidence."""
    incidents = [standing for standing in ordered if _code(standing) != NONE]
    has_evidence = any(standing.vocabulary is not None for standing in incidents)
    if not incidents or (not has_evidence and _code(ordered[0]) == NONE):
        return [_finding(ordered[0])] if ordered else []
    main, *others = incidents
    beside = [_finding(standing) for standing in others if standing.is_kept]
    return [_as_sure_as(_finding(main), beside), *beside]


def _as_sure_as(main: Finding, beside: Sequence[Finding]) -> Finding:
    """The main code, at least as sure as what stands below it: that something happened isn't in doubt, only what."""
    surest = max((finding.confidence for finding in beside), default=0.0)
    return replace(main, confidence=max(main.confidence, surest))


def _code(standing: _Standing) -> str:
    if standing.vocabulary is not None:
        return str(standing.vocabulary.value["code"])
    return standing.opinion.code if standing.opinion else NONE


def _finding(standing: _Standing) -> Finding:
    known, opinion = standing.vocabulary, standing.opinion
    if known is not None:
        agreed = known.confidence if _code(standing) == NONE else _confidence(standing)
        return Finding(FindingKind.VIOLATION, known.value, agreed, known.rule, known.evidence)
    words = opinion.words if opinion else ()
    confidence = round(min(_MOST_ALONE, _alone(standing)), 3)
    return Finding(FindingKind.VIOLATION, {"code": _code(standing)}, confidence, RULE, words)


def _confidence(standing: _Standing) -> float:
    return round(min(_MOST, _FLOOR + (1 - _FLOOR) * standing.value), 3)


def _alone(standing: _Standing) -> float:
    return _confidence(standing) if standing.likelihood >= _LIKELY else standing.likelihood
