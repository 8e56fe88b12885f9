"""The linear model beside the vocabulary: what it may add, and what it may never take away."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

from tests.workers.triage.texts import HOSTILE, any_text, lies_inside, message
from workers.contracts import Finding
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


@settings(max_examples=80, deadline=None)
@given(message)
def test_no_violation_with_evidence_is_taken_away(text: str) -> None:
    found, both = _both(text)
    assert set(_codes(found)) - {"none"} <= set(_codes(both))
    with_evidence = {finding.value["code"] for finding in found if finding.evidence}
    assert all(finding.confidence >= 0.5 for finding in both if finding.value["code"] in with_evidence)


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


def test_the_manifest_says_what_it_was_made_from() -> None:
    assert {"version", "examples", "examples_sha256", "scikit_learn", "seed"} <= set(_model().manifest)


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_survived(text: str) -> None:
    assert _both(text)[1]
