"""Triage as a whole, and the shape in which `seere triage` writes it."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings

from tests.workers.triage.texts import HOSTILE, lies_inside, message
from workers.contracts import FindingKind
from workers.triage import summary, triage

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NEWCOMER = (
    "des hommes armés ont pris 20 boeufs à Koro hier, mon frère Amadou Traoré est blessé, appelez 76 12 34 56"
)


def test_the_newcomers_message_is_understood() -> None:
    told = summary(NEWCOMER, triage(NEWCOMER, received_at=NOW))
    assert told["language"] == "fra"
    assert told["violations"][0]["code"] == "pillage"
    assert (told["place"]["region"], told["place"]["cercle"]) == ("Bandiagara", "Koro")
    assert told["occurred"] == {"from": "2026-11-20", "to": "2026-11-20", "precision": "day"}
    assert told["urgency"] >= 2
    assert [actor["category"] for actor in told["actors"]] == ["unknown_armed_men"]


def test_the_evidence_is_the_words_of_the_message() -> None:
    told = summary(NEWCOMER, triage(NEWCOMER, received_at=NOW))
    words = [NEWCOMER[start:end] for start, end in told["violations"][0]["evidence"]]
    assert {"pris", "boeufs"} <= set(words)


def test_nothing_told_is_written_as_none() -> None:
    told = summary("", triage("", received_at=NOW))
    assert [violation["code"] for violation in told["violations"]] == ["none"]
    assert told["violations"][0]["evidence"] == []
    assert (told["place"], told["occurred"], told["urgency"], told["actors"]) == (None, None, 0, [])


def test_a_language_that_is_known_is_kept() -> None:
    (first, *_) = triage("misi", received_at=NOW, language="bam")
    assert (first.value["language"], first.confidence) == ("bam", 1.0)


def test_triage_is_the_same_each_time() -> None:
    assert triage(NEWCOMER, received_at=NOW) == triage(NEWCOMER, received_at=NOW)


@settings(max_examples=60, deadline=None)
@given(message)
def test_any_message_has_a_language_a_violation_and_an_urgency(text: str) -> None:
    findings = triage(text, received_at=NOW)
    kinds = {finding.kind for finding in findings}
    assert {FindingKind.LANGUAGE, FindingKind.VIOLATION, FindingKind.URGENCY} <= kinds
    assert all(lies_inside(finding, text) for finding in findings)
    json.dumps(summary(text, findings))


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_survived(text: str) -> None:
    assert triage(text, received_at=NOW)
