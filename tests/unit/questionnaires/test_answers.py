"""Answers: what a page may give, what is kept of them, and what of them is stored in the clear."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.intake.submission import Answer
from app.questionnaires.answers import NotAnAnswer, accepted, codes_and_counts, taken, with_answer
from app.questionnaires.definition import Choice, Definition, Kind, Question, Section, Texts
from app.questionnaires.service import shipped


def question(kind: Kind, *codes: str, **other: int) -> Question:
    choices = tuple(Choice(code, Texts({"fr": code})) for code in codes)
    return Question("q", kind, Texts({"fr": "?"}), choices=choices, **other)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "given", "expected"),
    [
        (question(Kind.ONE, "a", "b"), ["b"], "b"),
        (question(Kind.ONE, "a"), ["unknown"], "unknown"),
        (question(Kind.ONE, "a"), [], ""),
        (question(Kind.MANY, "a", "b"), ["b", "a"], ["a", "b"]),
        (question(Kind.MANY, "a", "b"), ["a", "unknown"], ["a"]),
        (question(Kind.MANY, "a"), ["unknown"], ["unknown"]),
        (question(Kind.MANY, "a"), [""], []),
        (question(Kind.NUMBER), [" 1 200 "], "1200"),
        (question(Kind.NUMBER), ["007"], "7"),
        (question(Kind.NUMBER), [], ""),
        (question(Kind.TEXT), ["une", "ligne"], "une\nligne"),
        (question(Kind.DATE), ["2026-05-12"], "2026-05-12"),
        (question(Kind.NOTE), ["x"], ""),
    ],
)
def test_what_a_page_gives(asked: Question, given: list[str], expected: Answer) -> None:
    assert taken(asked, given) == expected


def test_not_to_know_a_number_is_an_answer_unless_one_was_written() -> None:
    assert taken(question(Kind.NUMBER), [], is_unknown=True) == "unknown"
    assert taken(question(Kind.NUMBER), ["3"], is_unknown=True) == "3"


@pytest.mark.parametrize(
    ("asked", "given", "problem"),
    [
        (question(Kind.ONE, "a"), ["x"], "choice"),
        (question(Kind.MANY, "a"), ["a", "x"], "choice"),
        (question(Kind.NUMBER), ["trois"], "number"),
        (question(Kind.NUMBER), ["-1"], "number"),
        (question(Kind.NUMBER), ["9" * 400], "number"),
        (question(Kind.NUMBER), ["76123456"], "range"),  # a telephone number
        (question(Kind.NUMBER, minimum=1, maximum=5), ["0"], "range"),
        (question(Kind.DATE), ["hier"], "date"),
        (question(Kind.TEXT), ["x" * 2001], "text"),
    ],
)
def test_what_cannot_be_taken_is_named(asked: Question, given: list[str], problem: str) -> None:
    with pytest.raises(NotAnAnswer, match=problem):
        taken(asked, given)


def test_changing_ones_mind_drops_what_no_longer_matters() -> None:
    definition = shipped().definition
    harm = definition.question("harm")
    assert harm is not None
    before: dict[str, Answer] = {"harm": ["killed"], "killed": "3", "women": "1", "source": "saw"}
    assert accepted(definition, before) == before
    assert with_answer(definition, before, harm, ["displaced"]) == {"harm": ["displaced"], "source": "saw"}


def test_only_codes_and_counts_are_told_in_the_clear() -> None:
    definition = Definition(
        Texts({"fr": "x"}),
        ("fr",),
        (
            Section(
                "s",
                (
                    Question("free", Kind.TEXT, Texts({"fr": "?"})),
                    Question("day", Kind.DATE, Texts({"fr": "?"})),
                    Question("count", Kind.NUMBER, Texts({"fr": "?"})),
                ),
            ),
        ),
    )
    answers = {"free": "Amadou Traoré", "day": "2026-05-12", "count": "3"}
    assert codes_and_counts(definition, accepted(definition, answers)) == {"count": 3}


anything = st.one_of(st.text(max_size=20), st.lists(st.text(max_size=10), max_size=4))


@given(st.dictionaries(st.sampled_from([q.name for q in shipped().definition.questions]), anything))
def test_whatever_a_phone_sealed_only_what_fits_is_kept(answers: dict[str, Answer]) -> None:
    definition = shipped().definition
    kept = accepted(definition, answers)
    assert accepted(definition, kept) == kept
    for name, value in codes_and_counts(definition, kept).items():
        found = definition.question(name)
        assert found is not None
        if isinstance(value, int):
            assert found.minimum <= value <= found.maximum
        else:
            assert {value} if isinstance(value, str) else set(value) <= set(found.codes)
