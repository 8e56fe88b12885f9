"""Weighs the vocabulary's findings against what the linear model and the encoder think of the same text.

The rule: the linear model and the encoder count as one model, the mean of their log-odds; a code's standing is the
model's log-odds and the vocabulary's confidence, and the highest standing is the main code. What the vocabulary found
stays, never below one half, unless it is less than 0.9 sure, the model gives it less than one chance in five and thinks
something else likely; beside another code it needs one chance in ten, unless it is 0.9 sure, or 0.8 where the model
thinks nothing likely. A code that the model alone proposes must stand highest, or be likelier than not; by itself it is
never surer than 0.8. "None" stands only alone, never against evidence that stays, and below one half where evidence was
left out: below one half, a person looks. Of one or two words, evidence decides alone.

The encoder is slow. It isn't asked where the other two are 0.9 sure of a code and give no other more than 0.3.

The figures were found by leaving out one author's texts at a time, those about the encoder on `mended_three`;
docs/quality.md has what they gave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from workers.contracts import Finding, FindingKind
from workers.triage.encoder import Whole
from workers.triage.features import Features, features
from workers.triage.linear_model import Model, Opinion, chance, log_odds
from workers.triage.reading import Reading
from workers.triage.violations import NONE

RULE = "model: words that weighed"
_VOCABULARY_WEIGHS = 1.0
_UNHEARD = -1.0  # log-odds of a code that the model has never learnt
_LEAST, _LIKELY = 0.05, 0.5
_HARDLY, _LEAST_BESIDE = 0.2, 0.1
_BEYOND_DOUBT, _GOOD_EVIDENCE = 0.9, 0.8
_SURE, _NOT_BESIDE = 0.9, 0.3  # what stands first, and next to it, where the encoder needn't be asked
_FEW_WORDS = 2  # of which the model knows nothing that the vocabulary doesn't
_FLOOR, _MOST, _MOST_ALONE, _DOUBTFUL = 0.5, 0.99, 0.8, 0.49


@dataclass(frozen=True, slots=True)
class _Standing:
    """A code that either voice speaks for, and how it stands."""

    code: str
    vocabulary: Finding | None
    opinion: Opinion | None

    @property
    def likelihood(self) -> float:
        return self.opinion.likelihood if self.opinion else 0.0

    @property
    def chance(self) -> float:
        """How likely both voices together make it (0–1)."""
        known = self.vocabulary.confidence if self.vocabulary else 0.0
        odds = log_odds(self.opinion.likelihood) if self.opinion else _UNHEARD
        return chance(odds + _VOCABULARY_WEIGHS * known)

    @property
    def is_contradicted(self) -> bool:
        """Whether the vocabulary found something but isn't sure, and the model thinks it hardly possible."""
        is_unsure = self.vocabulary is not None and self.vocabulary.confidence < _BEYOND_DOUBT
        return (
            self.code != NONE and is_unsure and self.opinion is not None and self.opinion.likelihood < _HARDLY
        )

    def is_kept(self, enough: float) -> bool:
        """Whether it is said beside another: very likely, or found by the vocabulary and left a chance by the model.

        Evidence of confidence `enough` needs no chance, nor does a code that the model has never learnt.
        """
        if self.vocabulary is None:
            return self.likelihood >= _LIKELY
        is_sure = self.vocabulary.confidence >= enough
        return is_sure or self.opinion is None or self.likelihood >= _LEAST_BESIDE


def weighed(
    text: str | Reading | Features,
    found: Sequence[Finding],
    model: Model | None,
    whole: Whole | None = None,
) -> list[Finding]:
    """The violations of `text` by all voices, the main one first; `found` is what the vocabulary said.

    `whole` is the encoder's reading of the same text; left out, the other two decide.
    """
    read = features(text)
    has_evidence = any(finding.value["code"] != NONE for finding in found)
    if model is None or (has_evidence and len(read.words) <= _FEW_WORDS):
        return list(found)
    known = {str(finding.value["code"]): finding for finding in found}
    ordered = _standings(read, known, model)
    if whole is not None and not _is_settled(ordered):
        ordered = _standings(read, known, model, whole.codes)
    return _said(ordered) or list(found)


def _standings(
    read: Features,
    known: Mapping[str, Finding],
    model: Model,
    meant: Mapping[str, float] = MappingProxyType({}),
) -> list[_Standing]:
    """Every code that is spoken for, by how it stands."""
    opinions = {each.code: each for each in model.opinions(read, _LEAST, known, meant)}
    standings = (_Standing(code, known.get(code), opinions.get(code)) for code in {**known, **opinions})
    return sorted(standings, key=lambda standing: -standing.chance)


def _is_settled(ordered: Sequence[_Standing]) -> bool:
    """Whether the two voices that cost little leave so little doubt that the encoder needn't be asked."""
    first, second = (*(each.chance for each in ordered[:2]), 0.0, 0.0)[:2]
    return first >= _SURE and second <= _NOT_BESIDE


def _said(ordered: Sequence[_Standing]) -> list[Finding]:
    """The main code and those beside it, or "none" alone."""
    has_view = any(each.likelihood >= _LIKELY for each in ordered)
    stay = [each for each in ordered if not (has_view and each.is_contradicted)]
    incidents = [each for each in stay if each.code != NONE]
    has_evidence = any(each.vocabulary is not None for each in incidents)
    if stay and stay[0].code == NONE and not has_evidence:
        return [_nothing(stay[0], ordered)]
    return _incidents(incidents, _BEYOND_DOUBT if has_view else _GOOD_EVIDENCE)


def _incidents(ordered: Sequence[_Standing], enough: float) -> list[Finding]:
    if not ordered:
        return []
    main, *others = ordered
    beside = [_finding(standing) for standing in others if standing.is_kept(enough)]
    return [_as_sure_as(_finding(main), beside), *beside]


def _nothing(none: _Standing, ordered: Sequence[_Standing]) -> Finding:
    """That nothing happened; never without a person where the vocabulary had found something."""
    had_evidence = any(each.vocabulary is not None and each.code != NONE for each in ordered)
    said = _finding(none)
    return replace(said, confidence=min(said.confidence, _DOUBTFUL)) if had_evidence else said


def _as_sure_as(main: Finding, beside: Sequence[Finding]) -> Finding:
    """The main code, at least as sure as what stands below it: that something happened isn't in doubt, only what."""
    surest = max((finding.confidence for finding in beside), default=0.0)
    return replace(main, confidence=max(main.confidence, surest))


def _finding(standing: _Standing) -> Finding:
    known = standing.vocabulary
    if known is not None:
        agreed = known.confidence if standing.code == NONE else _confidence(standing)
        return replace(known, confidence=agreed)
    words = standing.opinion.words if standing.opinion else ()
    confidence = round(min(_MOST_ALONE, standing.likelihood), 3)
    return Finding(FindingKind.VIOLATION, {"code": standing.code}, confidence, RULE, words)


def _confidence(standing: _Standing) -> float:
    return round(min(_MOST, _FLOOR + (1 - _FLOOR) * standing.chance), 3)
