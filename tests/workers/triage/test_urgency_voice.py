"""The second voice of urgency: what it may raise, what it may lower, and what it never touches."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.contracts import Finding, FindingKind
from workers.triage import triage, urgency
from workers.triage.explanation import explain
from workers.triage.learning import Example, train_urgency
from workers.triage.linear_model import LEVELS, urgency_model
from workers.triage.urgency_voice import between

RECEIVED = datetime(2026, 11, 20, 9, tzinfo=UTC)
LIKELIHOOD = st.floats(0, 1)
REACHED = st.fixed_dictionaries(dict.fromkeys(LEVELS, LIKELIHOOD))


@given(st.integers(0, 3), REACHED)
def test_danger_and_what_is_past_stay_as_the_rules_have_them(decided: int, reached: dict[str, float]) -> None:
    level = between(decided, reached)
    assert abs(level - decided) <= 1
    if decided in {0, 3}:
        assert level == decided
    assert between(decided, {}) == decided


@pytest.mark.parametrize(
    ("decided", "reached", "level"),
    [
        (1, (0.99, 0.96, 0.1), 2),
        (1, (0.9, 0.8, 0.7), 2),
        (1, (0.99, 0.8, 0.1), 1),
        (2, (0.2, 0.1, 0.0), 1),
        (2, (0.6, 0.1, 0.0), 2),
        (2, (0.4, 0.6, 0.0), 2),
        (2, (0.99, 0.99, 0.99), 2),
    ],
)
def test_the_level_moves_only_where_the_voice_is_sure(
    decided: int, reached: tuple[float, ...], level: int
) -> None:
    assert between(decided, dict(zip(LEVELS, reached, strict=True))) == level


def test_a_level_that_the_voice_moved_says_so() -> None:
    found = [Finding(FindingKind.VIOLATION, {"code": "child_rights"}, 0.9, "vocabulary: x")]
    sure = dict.fromkeys(LEVELS, 0.99)
    alone, both = (
        urgency.assess("le petit travaille", found, None, RECEIVED, "fra", each) for each in (None, sure)
    )
    assert (alone.value["level"], both.value["level"]) == (1, 2)
    said = explain("urgency", both.value, both.confidence, str(both.rule), [], "fr")
    assert "un fait récent" in said
    assert "l'ensemble de ses mots" in said
    assert "and its words" not in said


def test_the_model_that_ships_hears_the_extremes() -> None:
    model = urgency_model()
    assert model is not None
    assert model.codes == LEVELS
    now, nothing = (
        next(each.value["level"] for each in triage(text, received_at=RECEIVED) if each.kind == "urgency")
        for text in ("ils tirent devant la maison, venez vite", "bonjour c'est gratuit votre service ?")
    )
    assert (now, nothing) == (3, 0)


def test_only_texts_of_which_somebody_said_how_urgent_they_are_teach() -> None:
    told = [Example(f"calme {word}", ("none",), 0) for word in ("un", "deux", "trois")]
    told += [Example(f"zorgo {word}", ("killing",), 3) for word in ("un", "deux", "trois")]
    model = train_urgency([*told, Example("personne ne le dit", ("other",))])
    assert model.manifest["examples"] == 6
    chances = {text: model.opinions(text, 0.0, LEVELS) for text in ("zorgo", "calme")}
    assert all(opinion.likelihood > 0.5 for opinion in chances["zorgo"])
    assert all(opinion.likelihood < 0.5 for opinion in chances["calme"])
    with pytest.raises(ValueError, match="too few"):
        train_urgency([Example("personne ne le dit", ("other",))])
