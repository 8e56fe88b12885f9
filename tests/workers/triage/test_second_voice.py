"""The linear model beside the vocabulary: what it may add, and what it may never take away."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

from tests.workers.triage.models import saying
from tests.workers.triage.texts import HOSTILE, any_text, lies_inside, message
from workers.contracts import Finding, FindingKind, Span
from workers.triage import second_voice, violations
from workers.triage.features import features
from workers.triage.linear_model import Model, packed, running_model, unpacked


def _model() -> Model:
    model = running_model()
    assert model is not None
    return model


def _both(text: str) -> tuple[list[Finding], list[Finding]]:
    found = violations.find(text, "fra")
    return found, second_voice.weighed(text, found, _model())


def _codes(findings: list[Finding]) -> list[str]:
    return [finding.value["code"] for finding in findings]


def _is_doubted(finding: Finding, text: str) -> bool:
    code = finding.value["code"]
    (opinion,) = [each for each in _model().opinions(text, 0.0) if each.code == code]
    return finding.confidence < 0.9 and opinion.likelihood < 0.2


@settings(max_examples=80, deadline=None)
@given(message)
def test_evidence_is_only_left_out_where_both_voices_doubt_it(text: str) -> None:
    found, both = _both(text)
    left_out = [each for each in found if each.evidence and each.value["code"] not in _codes(both)]
    assert all(_is_doubted(finding, text) for finding in left_out)
    with_evidence = {finding.value["code"] for finding in found if finding.evidence} & set(_codes(both))
    assert all(finding.confidence >= 0.5 for finding in both if finding.value["code"] in with_evidence)


@settings(max_examples=80, deadline=None)
@given(message)
def test_nothing_is_never_said_for_sure_where_something_was_found(text: str) -> None:
    found, both = _both(text)
    if _codes(both) == ["none"] and _codes(found) != ["none"]:
        assert both[0].confidence < 0.5
    assert _codes(both) == ["none"] or "none" not in _codes(both)


@pytest.mark.parametrize("text", ["threatened", "tué", "viol", "attaque", "il est mort", "they killed"])
def test_one_word_of_evidence_is_enough(text: str) -> None:
    found, both = _both(text)
    assert set(_codes(found)) <= set(_codes(both))


def _found(code: str, confidence: float) -> list[Finding]:
    return [Finding(FindingKind.VIOLATION, {"code": code}, confidence, "vocabulary: a", (Span(0, 1),))]


@pytest.mark.parametrize(
    ("confidence", "killing", "none", "codes"),
    [
        (0.85, 0.01, 0.9, ["none"]),  # both doubt it
        (0.9, 0.01, 0.9, ["killing"]),  # the vocabulary is sure
        (0.85, 0.21, 0.9, ["killing"]),  # the model thinks it possible
        (0.85, 0.01, 0.4, ["killing"]),  # the model thinks nothing likely
    ],
)
def test_when_evidence_stays(confidence: float, killing: float, none: float, codes: list[str]) -> None:
    model = saying(killing=killing, none=none, pillage=0.02)
    both = second_voice.weighed("a b c", _found("killing", confidence), model)
    assert _codes(both) == codes
    assert (both[0].confidence < 0.5) == (codes == ["none"])


def test_what_the_model_thinks_far_likelier_comes_first() -> None:
    both = second_voice.weighed("a b c", _found("killing", 0.6), saying(killing=0.3, pillage=0.9))
    assert _codes(both) == ["pillage", "killing"]


def test_evidence_decides_between_what_the_model_thinks_alike() -> None:
    both = second_voice.weighed("a b c", _found("killing", 0.6), saying(killing=0.7, pillage=0.8))
    assert _codes(both) == ["killing", "pillage"]


@pytest.mark.parametrize(
    ("confidence", "killing", "pillage", "codes"),
    [
        (0.75, 0.05, 0.49, ["pillage"]),  # hardly possible
        (0.75, 0.15, 0.49, ["pillage", "killing"]),
        (0.85, 0.05, 0.49, ["pillage", "killing"]),  # the model thinks nothing likely
        (0.85, 0.05, 0.9, ["pillage"]),
        (0.9, 0.05, 0.9, ["pillage", "killing"]),  # the vocabulary is sure
    ],
)
def test_when_evidence_is_said_beside_another_code(
    confidence: float, killing: float, pillage: float, codes: list[str]
) -> None:
    model = saying(killing=killing, pillage=pillage)
    both = second_voice.weighed("a b c", _found("killing", confidence), model)
    assert _codes(both) == codes


@settings(max_examples=80, deadline=None)
@given(any_text | message)
def test_something_is_always_said_with_words_of_the_text(text: str) -> None:
    _, both = _both(text)
    assert both
    assert all(lies_inside(finding, text) and 0 <= finding.confidence < 1 for finding in both)


@settings(max_examples=60, deadline=None)
@given(message)
def test_the_surest_comes_first(text: str) -> None:
    _, both = _both(text)
    assert both[0].confidence == max(finding.confidence for finding in both)


@settings(max_examples=60, deadline=None)
@given(message)
def test_what_the_model_adds_is_never_too_sure_and_shows_its_words(text: str) -> None:
    _, both = _both(text)
    added = [finding for finding in both if finding.rule == second_voice.RULE]
    known = max((finding.confidence for finding in both if finding not in added), default=0.0)
    assert all(finding.confidence <= max(0.8, known) for finding in added)


def test_without_a_model_the_vocabulary_speaks_alone() -> None:
    found = violations.find("ils ont tué mon frère", "fra")
    assert second_voice.weighed("ils ont tué mon frère", found, None) == found


def test_the_words_that_weighed_are_shown() -> None:
    text = "les agents réclament des billets à chaque barrage"
    opinion = _model().opinions(text, 0.0)[0]
    assert opinion.words
    assert all(text[span.start : span.end].strip() for span in opinion.words)


def test_a_model_survives_being_kept() -> None:
    again = unpacked(*packed(_model()))
    read = features("ils ont pris nos boeufs")
    assert again.likelihoods(read) == _model().likelihoods(read)


def test_a_model_that_does_not_fit_its_manifest_is_refused() -> None:
    archive, manifest = packed(_model())
    told = json.loads(manifest)
    told["codes"] = told["codes"][1:]
    with pytest.raises(ValueError, match="fit the manifest"):
        unpacked(archive, json.dumps(told))


@pytest.mark.parametrize("form", [1, 3, None])
def test_a_model_of_another_form_is_refused(form: int | None) -> None:
    archive, manifest = packed(_model())
    told = json.loads(manifest)
    del told["form"]
    with pytest.raises(ValueError, match="another form"):
        unpacked(archive, json.dumps(told if form is None else {**told, "form": form}))


def test_the_shipped_model_is_small() -> None:
    assert len(packed(_model())[0]) < 2_500_000


def test_the_manifest_says_what_it_was_made_from() -> None:
    assert {"version", "examples", "examples_sha256", "scikit_learn", "seed"} <= set(_model().manifest)


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_survived(text: str) -> None:
    assert _both(text)[1]
