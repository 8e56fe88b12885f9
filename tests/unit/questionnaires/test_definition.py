"""Questionnaires as data: read strictly, written back equal, and every mistake named."""

from __future__ import annotations

import copy
import csv
from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest

from app.questionnaires.definition import DONT_KNOW, Definition, DefinitionError, Kind, Meaning, Texts
from app.questionnaires.reading import dump, load
from app.questionnaires.service import shipped
from app.reference.taxonomy import actor_categories, possible_authors, violations

Document = dict[str, Any]


def document() -> Document:
    return {
        "title": {"fr": "Essai"},
        "languages": ["fr", "en"],
        "sections": [
            {
                "name": "one",
                "label": {"fr": "Un"},
                "questions": [
                    {
                        "name": "what",
                        "kind": "many",
                        "label": {"fr": "Quoi ?", "en": "What?"},
                        "choices": [
                            {"code": "a", "label": {"fr": "A"}},
                            {"code": "b", "label": {"fr": "B", "en": "B"}},
                        ],
                    },
                    {
                        "name": "count",
                        "kind": "number",
                        "label": {"fr": "Combien ?"},
                        "relevant": "selected(${what}, 'a')",
                        "minimum": 1,
                        "maximum": 9,
                    },
                ],
            }
        ],
    }


def questions(changed: Document) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = changed["sections"][0]["questions"]
    return found


def test_what_is_read_is_written_back_equal() -> None:
    definition = load(document())
    assert dump(definition) == document()
    assert load(dump(definition)) == definition


def test_a_text_that_is_missing_falls_back_to_french_and_says_so() -> None:
    texts = Texts({"fr": "Quoi ?", "en": ""})
    assert (texts.said("en").text, texts.said("en").language) == ("Quoi ?", "fr")
    assert Texts({"bm": "Mun"}).said("en").language == "bm"


def set_first(**changes: object) -> Callable[[Document], None]:
    return lambda changed: questions(changed)[0].update(changes)


def set_second(**changes: object) -> Callable[[Document], None]:
    return lambda changed: questions(changed)[1].update(changes)


@pytest.mark.parametrize(
    ("change", "where", "why"),
    [
        (set_second(name="what"), "what", "name_twice"),
        (set_second(relevant="${later} > 1"), "count", "relevant_unknown:later"),
        (set_second(relevant="${count} > 1"), "count", "relevant_unknown:count"),
        (set_second(relevant="foo()"), "count", "relevant_syntax"),
        (set_second(minimum=10), "count", "range"),
        (set_second(meaning="danger"), "count", "meaning"),
        (set_first(meaning="violation"), "what", "meaning"),
        (set_first(label={"en": "What?"}), "what", "no_french_label"),
        (set_first(choices=[]), "what", "no_choices"),
        (set_first(kind="text"), "what", "choices_unused"),
        (set_first(choices=[{"code": "a", "label": {"fr": "A"}}] * 2), "what", "code_twice"),
        (set_first(choices=[{"code": "a", "label": {"en": "A"}}]), "what", "no_french_choice"),
        (lambda changed: changed.update(sections=[]), "form", "no_questions"),
        (set_first(name="no spaces"), "sections.0.questions.0.name", ""),
        (set_first(kind="geopoint"), "sections.0.questions.0.kind", ""),
        (set_first(required=True), "sections.0.questions.0.required", ""),
        (set_second(maximum=76123456), "sections.0.questions.1.maximum", ""),
        (set_second(label={"fr": "a\x07"}), "sections.0.questions.1.label", ""),
    ],
)
def test_every_mistake_is_named(change: Callable[[Document], None], where: str, why: str) -> None:
    changed = copy.deepcopy(document())
    change(changed)
    with pytest.raises(DefinitionError) as refusal:
        load(changed)
    found = {key: reason for key, reason in refusal.value.problems.items() if key.startswith(where)}
    assert found
    assert all(reason.startswith(why) for reason in found.values())


def shipped_definition() -> Definition:
    return shipped().definition


def test_the_questions_that_ship_offer_every_violation_and_every_kind_of_author() -> None:
    definition = shipped_definition()
    what = next(definition.meant(Meaning.VIOLATION))
    who = next(definition.meant(Meaning.ACTOR))
    assert {choice.code for choice in what.choices} == set(violations()) - {"none"}
    assert {choice.code for choice in who.choices} == {*actor_categories(), DONT_KNOW}


def test_the_questions_that_ship_are_whole_in_three_languages() -> None:
    for question in shipped_definition().questions:
        texts = [question.label, *(choice.label for choice in question.choices)]
        assert all(text.by_language.keys() >= {"fr", "en", "bm"} for text in texts), question.name
        assert question.hint.by_language.keys() in ({"fr", "en", "bm"}, set()), question.name


def test_danger_is_asked_first_and_everything_that_can_be_ticked_takes_not_knowing() -> None:
    definition = shipped_definition()
    assert next(definition.questions).meaning is Meaning.DANGER
    closed = [question for question in definition.questions if question.kind in {Kind.ONE, Kind.MANY}]
    assert closed
    assert all(DONT_KNOW in question.codes for question in closed)


def test_the_authors_of_each_category_are_those_that_workers_tell_apart() -> None:
    source = resources.files("workers.vocabularies").joinpath("actors.csv").read_text(encoding="utf-8")
    members: dict[str, set[str]] = {}
    for row in csv.DictReader(line for line in source.splitlines() if not line.startswith("#")):
        members.setdefault(row["category"], set()).add(row["code"])
    assert {code: set(category.members) for code, category in actor_categories().items()} == members
    assert possible_authors(["police"]) == {"police", "state"}
    assert possible_authors([]) == frozenset()
