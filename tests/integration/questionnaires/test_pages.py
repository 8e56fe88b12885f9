"""The pages of the questionnaire in the web report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask, g
from marshmallow import ValidationError

from app.intake.drafts import Given
from app.intake.submission import Answer, Submission
from app.public.question_steps import question_steps
from app.public.steps import Step
from app.questionnaires.definition import Choice, Definition, Kind, Question, Section, Texts
from tests.integration.questionnaires.conftest import Publish, small_definition

EMPTY = Given(Submission(text="ils sont venus"))


@pytest.fixture(autouse=True)
def page(app: Flask) -> Iterator[None]:
    """A request for a page in English."""
    with app.test_request_context("/?lang=en"):
        yield


def pages(given: Given = EMPTY) -> list[Step]:
    return [step for step in question_steps(given) if step.applies(given)]


def page_named(name: str, given: Given = EMPTY) -> Step:
    return next(step for step in question_steps(given) if step.name == name)


def answered(**answers: Answer) -> Given:
    return replace(EMPTY, submission=replace(EMPTY.submission, answers=answers))


def test_what_depends_on_an_answer_comes_after_it() -> None:
    names = [step.name for step in pages()]
    assert names == ["q.danger", "q.what", "q.who", "q.harm", "q.source"]
    after = page_named("q.harm").take({"answer": "killed\ndisplaced"}, EMPTY)
    assert [step.name for step in pages(after)][4:6] == ["q.killed", "q.displaced"]
    counted = page_named("q.killed", after).take({"answer": "3"}, after)
    assert "q.women" in [step.name for step in pages(counted)]


def test_what_was_answered_is_shown_again_and_repeated_in_words() -> None:
    what = page_named("q.what")
    given = what.take({"answer": "killing\npillage"}, EMPTY)
    assert what.shown(given) == {"answer": "killing\npillage"}
    assert what.answer(given) == "People killed\nCattle stolen, things stolen or burnt"
    assert what.answer(EMPTY) == ""


def test_not_to_know_a_number_is_kept_and_shown() -> None:
    before = answered(harm=["killed"])
    killed = page_named("q.killed", before)
    given = killed.take({"unknown": "yes"}, before)
    assert killed.shown(given) == {"answer": "", "unknown": "yes"}
    assert killed.answer(given) == "I don’t know"


def test_a_wrong_number_is_told_in_words() -> None:
    before = answered(harm=["killed"])
    with pytest.raises(ValidationError) as problem:
        page_named("q.killed", before).take({"answer": "beaucoup"}, before)
    assert problem.value.messages == {"answer": ["Write a number from 1 to 99,999, in figures."]}


def test_going_back_and_unticking_drops_what_hung_on_it() -> None:
    given = answered(harm=["killed"], killed="3", women="1")
    changed = page_named("q.harm", given).take({"answer": "nobody"}, given)
    assert dict(changed.submission.answers) == {"harm": ["nobody"]}


def test_who_answers_nothing_leaves_nothing() -> None:
    assert page_named("q.what").take({}, EMPTY).submission == EMPTY.submission


def test_a_report_goes_on_with_the_questions_it_began_with(add_version: Publish) -> None:
    begun = page_named("q.danger").take({"answer": "yes"}, EMPTY)
    assert begun.submission.questionnaire_version == 0
    number = add_version(small_definition())
    assert [step.name for step in pages()] == ["q.hurt"]
    assert pages(begun)[0].name == "q.danger"
    given = page_named("q.hurt").take({"answer": "yes"}, EMPTY)
    assert given.submission.questionnaire_version == number


def test_a_text_that_is_not_translated_is_in_french_and_says_so(add_version: Publish) -> None:
    add_version()
    before = replace(
        EMPTY, submission=replace(EMPTY.submission, answers={"hurt": "yes"}, questionnaire_version=1)
    )
    number = page_named("q.number", before)
    assert number.heading() == '<span lang="fr">Combien ?</span>'
    assert not number.context(before)["is_translated"]


def test_what_an_administrator_writes_is_never_markup(add_version: Publish) -> None:
    sly = Texts({"fr": "<script>1</script>"})
    question = Question("sly", Kind.ONE, sly, choices=(Choice("a", sly),))
    add_version(Definition(Texts({"fr": "x"}), ("fr",), (Section("s", (question,), sly),)))
    step = page_named("q.sly")
    assert "<script>" not in step.heading()
    g.page_language = "fr"
    assert not hasattr(step.heading(), "__html__")  # a plain text, which templates escape
