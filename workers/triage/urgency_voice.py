"""The second voice for urgency: a linear model of how likely a text reaches each level, beside the written rules.

The rules decide. The model was learnt from texts of which a reader said how urgent they are; by itself it is less exact
than the rules, but seldom two levels off. So what the rules think recent becomes urgent where the model is as good as
sure of harm to a body or of somebody held, or hears danger; and what they think urgent becomes recent where the model
hears nothing that happened at all. What is danger now by the rules stays so, and what is past: they know the days.
docs/quality.md has what this gives.
"""

from __future__ import annotations

from collections.abc import Mapping

from workers.triage.encoder import Whole
from workers.triage.features import Features
from workers.triage.linear_model import LEVELS, joined, urgency_model

_LIKELY = 0.5
_AS_GOOD_AS_SURE = 0.95
_RECENT, _HARMED = 1, 2


def chances(read: Features, whole: Whole | None = None) -> Mapping[str, float]:
    """How likely a text is at least as urgent as each of `LEVELS` (0–1); empty where nothing was learnt or read.

    `whole` is the encoder's reading of the same text, which counts as much where it was made.
    """
    model = urgency_model()
    if not model or not read.words:
        return {}
    return joined(model.likelihoods(read), whole.levels if whole and whole.was_asked else {})


def between(decided: int, reached: Mapping[str, float]) -> int:
    """The level that holds, where the rules decided one and the model thinks `reached` (may be empty) of the levels."""
    if reached and decided == _RECENT and _is_raised(reached):
        return _HARMED
    if reached and decided == _HARMED and all(reached[level] < _LIKELY for level in LEVELS[:_HARMED]):
        return _RECENT
    return decided


def _is_raised(reached: Mapping[str, float]) -> bool:
    is_danger = all(reached[level] >= _LIKELY for level in LEVELS)
    return is_danger or reached[str(_HARMED)] >= _AS_GOOD_AS_SURE
