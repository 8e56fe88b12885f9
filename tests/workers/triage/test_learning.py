"""Learning from corrected cases: the same each time, and promoted only when better."""

from __future__ import annotations

import pytest

from workers.triage.features import features
from workers.triage.learning import Example, compare, digest, scores, train
from workers.triage.linear_model import packed

_ACTS = {
    "pillage": ["ils ont volé {} moutons", "les voleurs ont pris {} vaches", "{} chèvres emportées du parc"],
    "torture": ["on l'a frappé {} fois au poste", "battu pendant {} heures en cellule", "{} coups de câble sur le dos"],
    "extortion": ["il faut payer {} francs au barrage", "le poste demande {} francs", "taxe de {} francs par tête"],
}  # fmt: skip


def _examples(first: int, last: int) -> list[Example]:
    return [
        Example(frame.format(number), (code,))
        for code, frames in _ACTS.items()
        for frame in frames
        for number in range(first, last)
    ]


def test_what_is_learnt_is_recognised() -> None:
    model = train(_examples(2, 6))
    assert min(scores(model, _examples(20, 25)).values()) > 0.9


def test_the_same_examples_give_the_same_model() -> None:
    assert packed(train(_examples(2, 5))) == packed(train(_examples(2, 5)))


def test_too_few_examples_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        train([Example("ils ont volé", ("pillage",))])


def test_a_code_with_too_few_examples_is_left_out() -> None:
    model = train([*_examples(2, 5), Example("une mine a sauté", ("explosive_device",))])
    assert "explosive_device" not in model.codes


def test_a_better_candidate_is_promoted_and_a_worse_one_is_not() -> None:
    good = train(_examples(2, 6))
    codes = {"pillage": "torture", "torture": "extortion", "extortion": "pillage"}
    poor = train([Example(example.text, (codes[example.codes[0]],)) for example in _examples(2, 6)])
    held_back = _examples(20, 25)
    assert compare(poor, good, held_back).is_better
    assert not compare(good, poor, held_back).is_better


def test_an_equal_candidate_is_not_promoted() -> None:
    model = train(_examples(2, 5))
    comparison = compare(model, model, _examples(20, 24))
    assert not comparison.is_better
    assert comparison.running == comparison.candidate


def test_a_candidate_that_forgets_a_well_known_code_is_not_promoted() -> None:
    """Better on the whole, but it no longer knows one code with ten examples."""
    knows_torture = train(
        [e for e in _examples(2, 6) if e.codes != ("extortion",)] + [Example("rien", ("none",))] * 3
    )
    forgets_torture = train(
        [e for e in _examples(2, 6) if e.codes != ("torture",)] + [Example("rien", ("none",))] * 3
    )
    comparison = compare(knows_torture, forgets_torture, _examples(20, 24))
    assert not comparison.is_better
    assert "torture" in comparison.reason


def test_the_digest_tells_examples_apart() -> None:
    assert digest(_examples(2, 4)) != digest(_examples(2, 5))


def test_a_word_that_no_example_has_speaks_by_those_that_mean_the_like() -> None:
    model = train(_examples(2, 6))
    chances = model.likelihoods(features("brebis"))
    assert "brebis" not in "".join(example.text for example in _examples(2, 6))
    assert max(chances, key=lambda code: chances[code]) == "pillage"
