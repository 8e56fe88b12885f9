"""Every finding is told as a sentence, and no rule is left without words."""

from __future__ import annotations

import ast
import inspect
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings

from tests.workers.triage.texts import message
from workers.anonymise.review import Reason
from workers.contracts import Finding, FindingKind
from workers.triage import (
    dates_expressions,
    dates_feasts,
    place_cues,
    place_gazetteer,
    triage,
    twins,
    urgency_rules,
    victims,
)
from workers.triage.explanation import LANGUAGES, explain, rule_names
from workers.triage.second_voice import RULE
from workers.triage.vocabulary import read_toml

_NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def _texts_in(module: object, call: str, position: int) -> set[str]:
    """The texts written as an argument of a call anywhere in a module."""
    tree = ast.parse(inspect.getsource(module))  # type: ignore[arg-type]
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [node for node in calls if isinstance(node.func, ast.Name) and node.func.id == call]
    arguments = [node.args[position] for node in named if len(node.args) > position]
    constants = [
        node for argument in arguments for node in ast.walk(argument) if isinstance(node, ast.Constant)
    ]
    return {node.value for node in constants if isinstance(node.value, str) and node.value[:1].isalpha()}


def _every_rule() -> set[str]:
    dates = {pattern.rule for pattern in dates_expressions.patterns()} | {"date", "range"}
    places = {
        f"place:{match.name.lower()}:{role.value}"
        for match in place_gazetteer.Match
        for role in place_cues.Role
    }
    return (
        {f"date:{name}" for name in dates | _texts_in(dates_feasts, "Expression", 3)}
        | places
        | {f"{place}:alternative" for place in places}
        | _texts_in(urgency_rules, "Decision", 1)
        | {victims.COUNTED, victims.SINGLE, victims.UNCOUNTED, twins.AGAIN, twins.TOLD_BY_OTHER, RULE}
        | {"given", "function words and letter groups", "nothing in the vocabulary", "vocabulary: tu+"}
        | {"actor words: dozo*"}
        | {f"review:{reason}" for reason in Reason}
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_words(language: str) -> None:
    known = read_toml("explanations")[language]["rules"]
    missing = {name for rule in _every_rule() for name in rule_names(rule)} - set(known)
    assert missing == set()


def test_the_rules_collected_are_those_that_fire() -> None:
    assert {"danger now", "still held or missing", "past"} <= _every_rule()
    assert {"date:feast", "date:season", "date:ago"} <= _every_rule()


def test_both_languages_say_the_same_things() -> None:
    french, english = (read_toml("explanations")[language] for language in LANGUAGES)
    parts = ("kinds", "rules", "statuses", "victims", "persons", "languages")
    assert {part: set(french[part]) for part in parts} == {part: set(english[part]) for part in parts}


def test_a_sentence_names_conclusion_reason_words_and_sureness() -> None:
    said = explain("violation", {"code": "killing"}, 0.85, "vocabulary: tu+", ["tué"], "en")
    assert (
        said == "Killing or unlawful execution: words of the vocabulary of violations, from “tué” (85% sure)."
    )


def test_days_and_languages_are_told_as_people_say_them() -> None:
    when = explain("occurred", {"from": "2026-10-21", "to": "2026-10-21"}, 0.9, "date:day", ["hier"], "fr")
    assert when.startswith("Date des faits\u00a0: 21 octobre 2026\u00a0:")
    mixed = explain("language", {"language": "fra", "mixed": ["bam"]}, 0.9, "given", [], "fr")
    assert mixed.startswith("Langue\u00a0: français + bambara\u00a0:")


def test_a_person_is_told_by_sign_and_by_what_the_words_beside_it_say() -> None:
    value = {"token": "[PERSONNE-1]", "sex": "female", "role": "victim"}
    told = explain("person", value, 0.6, "words beside the name", [], "fr")
    assert told.startswith("PERSONNE-1, femme, victime\u00a0:")


def test_an_actor_is_only_alleged() -> None:
    said = explain("actor", {"code": "fama", "name": "FAMa"}, 0.9, "actor words: fama", ["fama"], "fr")
    assert "sans que ce soit établi" in said


def test_an_unknown_language_is_answered_in_french() -> None:
    assert explain("urgency", {"level": 3}, 0.9, "danger now", [], "bam").startswith("Urgence 3 sur 3")


def _words(text: str, finding: Finding) -> list[str]:
    return [text[span.start : span.end] for span in finding.evidence]


@settings(max_examples=60, deadline=None)
@given(message)
def test_whatever_triage_finds_can_be_told(text: str) -> None:
    known = read_toml("explanations")["en"]["rules"]
    for finding in triage(text, received_at=_NOW):
        assert all(name in known for name in rule_names(finding.rule))
        assert len(finding.rule) <= 120
        for language in LANGUAGES:
            assert explain(
                finding.kind, finding.value, finding.confidence, finding.rule, _words(text, finding), language
            )


def test_every_kind_has_words() -> None:
    for language in LANGUAGES:
        assert set(read_toml("explanations")[language]["kinds"]) == {str(kind) for kind in FindingKind}
