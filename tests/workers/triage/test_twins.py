"""Twins are proposed with the reason: sent again, or told by another; strangers aren't proposed."""

from datetime import date

from hypothesis import given, settings

from tests.workers.triage.texts import any_text, lies_inside
from workers.triage.twins import AGAIN, TOLD_BY_OTHER, Candidate, similar

TEXT = "hommes armés ont pris 20 boeufs à Koro hier, [PERSONNE-1] est blessé"
DAY = date(2026, 11, 20)
PILLAGE = frozenset({"pillage"})


def _rules(text: str, *candidates: Candidate) -> dict[str, str]:
    found = similar(text, candidates, occurred_from=DAY, violations=PILLAGE)
    return {finding.value["case_id"]: finding.rule for finding in found}


def test_the_same_message_again_is_told() -> None:
    again = Candidate(
        "c1", "Hommes armes ont pris 20 bœufs a Koro hier [PERSONNE-1] est blessé!", None, DAY, PILLAGE
    )
    assert _rules(TEXT, again) == {"c1": AGAIN}


def test_the_same_event_told_by_another_is_told_apart() -> None:
    other = Candidate(
        "c2", "à Koro on a volé 20 boeufs avant hier, un blessé, hommes armés", None, DAY, PILLAGE
    )
    assert _rules(TEXT, other) == {"c2": TOLD_BY_OTHER}


def test_another_event_is_no_twin() -> None:
    stranger = Candidate(
        "c3", "ma plainte au tribunal dort depuis deux ans", None, date(2026, 11, 1), frozenset()
    )
    assert _rules(TEXT, stranger) == {}


def test_a_like_event_of_another_day_and_kind_is_no_twin() -> None:
    far = Candidate(
        "c4", "à Koro un enfant blessé, 20 personnes", None, date(2026, 11, 1), frozenset({"child_rights"})
    )
    assert _rules(TEXT, far) == {}


def test_a_message_too_short_to_tell_is_no_twin() -> None:
    assert _rules("aide", Candidate("c5", "aide", None, DAY, PILLAGE)) == {}


def test_the_likeliest_comes_first_and_shows_the_shared_words() -> None:
    again = Candidate("z", TEXT, None, DAY, PILLAGE)
    other = Candidate(
        "a", "à Koro on a volé 20 boeufs avant hier, un blessé, hommes armés", None, DAY, PILLAGE
    )
    found = similar(TEXT, [other, again], occurred_from=DAY, violations=PILLAGE)
    assert [finding.value["case_id"] for finding in found] == ["z", "a"]
    assert "Koro" in {TEXT[span.start : span.end] for span in found[1].evidence}


@settings(max_examples=60, deadline=None)
@given(any_text, any_text)
def test_any_texts_can_be_compared(text: str, theirs: str) -> None:
    for finding in similar(text, [Candidate("c", theirs)]):
        assert lies_inside(finding, text)
        assert 0 < finding.confidence <= 1
