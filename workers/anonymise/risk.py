"""Residual risk: the chance that something identifying is left in an anonymised text, from features one can state.

A logistic model whose coefficients were fitted on the development set (see calibration.toml for how).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from workers.anonymise.calibration import load_calibration
from workers.anonymise.evidence import Reading
from workers.anonymise.review import Reason
from workers.contracts import Anonymised, Entity, EntityLabel, Span

_WELL_READ = frozenset({"fra", "fr", "eng", "en", "bam", "bm"})
_NAMES_IN_DOUBT = frozenset({Reason.UNSURE, Reason.UNKNOWN_CAPITAL, Reason.INITIAL, Reason.NICKNAME})
_NUMBERS = frozenset({Reason.REFERENCE, Reason.NUMBER})
_SINGLED_OUT = frozenset({Reason.KINSHIP, Reason.ROLE})
_MOST_COUNTED = 5


def risk_features(
    reading: Reading, language: str, entities: Sequence[Entity], review: Sequence[tuple[Span, str]]
) -> dict[str, float]:
    """What the risk rests on, by name."""
    words = range(len(reading.words))
    persons = [entity for entity in entities if entity.label is EntityLabel.PERSON]
    unknown = sum(reading.is_unknown(index) for index in words if not reading.is_name(index))
    return {
        "doubtful": _count(review, _NAMES_IN_DOUBT),
        "numbers": _count(review, _NUMBERS),
        "unknown_share": unknown / len(reading.words) if reading.words else 0.0,
        "little_read_language": float(language not in _WELL_READ),
        "no_case": float(not reading.case_tells),
        "length": math.log1p(len(reading.words)),
        "unsure_masks": min(sum(1.0 - entity.confidence for entity in persons), _MOST_COUNTED),
        "masks": math.log1p(len(entities)),
    }


def risk_of(features: Mapping[str, float], review: Sequence[tuple[Span, str]]) -> float:
    """Chance from 0 to 1; never below the stated figure where kinship or an office singles somebody out."""
    calibration = load_calibration()
    score = calibration.intercept + sum(
        weight * features.get(name, 0.0) for name, weight in calibration.coefficients
    )
    chance = 1.0 / (1.0 + math.exp(-score))
    is_singled_out = _count(review, _SINGLED_OUT) > 0
    return round(max(chance, calibration.singled_out if is_singled_out else 0.0), 4)


def residual_risk(anonymised: Anonymised, text: str) -> float:
    """Chance that something identifying of `text` is left in its anonymised form; 1.0 if that is of another text."""
    is_of_text = _rebuilt(anonymised, text) == anonymised.text
    return anonymised.residual_risk if is_of_text else 1.0


def _rebuilt(anonymised: Anonymised, text: str) -> str:
    pieces: list[str] = []
    last_end = 0
    for entity in anonymised.entities:
        pieces += (text[last_end : entity.start], entity.written)
        last_end = entity.end
    return "".join(pieces) + text[last_end:]


def _count(review: Sequence[tuple[Span, str]], reasons: frozenset[Reason]) -> float:
    return float(min(sum(reason in reasons for _, reason in review), _MOST_COUNTED))
