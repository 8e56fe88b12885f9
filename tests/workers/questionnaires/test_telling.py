"""What was ticked, in the account and among the findings: believed where it matters, never more than it says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.intake.submission import Answer
from app.questionnaires.definition import Choice, Definition, Kind, Question, Section, Texts
from app.questionnaires.service import shipped
from workers.contracts import FindingKind
from workers.pipeline import Understood, compose, understand
from workers.questionnaires.telling import RULE, Told, tell

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def told(**answers: Answer) -> Told:
    return tell(0, shipped().definition, answers)


def understood(text: str, **answers: Answer) -> Understood:
    return understand(text, NOW, {}, told=told(**answers))


def values(found: Understood, kind: FindingKind) -> list[dict[str, Any]]:
    return [dict(finding.value) for finding in found.findings if finding.kind is kind]


def test_what_was_ticked_is_told_in_french() -> None:
    lines = told(
        danger="yes",
        who=["self_defence"],
        harm=["killed", "injured", "missing"],
        killed="3",
        injured="1",
        women="1",
        children="2",
        source="saw",
    ).ticked.splitlines()
    assert lines == [
        "Danger : quelqu’un est en danger maintenant",
        "Auteur, selon ce qui a été coché : Des chasseurs ou un groupe d’autodéfense",
        "Victimes, selon ce qui a été coché : 3 personnes tuées, 1 personne blessée, des personnes disparues, "
        "dont 1 femme et 2 enfants",
        "La personne dit l’avoir vu",
    ]


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"danger": "no", "who": ["unknown"], "what": ["unknown"], "harm": ["nobody"]},
        {"danger": "perhaps", "who": ["aliens"], "killed": "3", "nothing": "x"},
    ],
)
def test_what_denies_or_makes_no_sense_says_nothing(answers: dict[str, Answer]) -> None:
    found = told(**answers)
    assert (found.ticked, list(found.findings)) == ("", [])


def test_codes_and_counts_are_kept_apart_and_nothing_else() -> None:
    found = told(danger="no", harm=["killed"], killed="3", women="unknown", source="made up")
    assert found.answers == {
        "version": 0,
        "given": {"danger": "no", "harm": ["killed"], "killed": 3, "women": "unknown"},
    }


def test_free_answers_are_read_like_the_account_and_never_kept_in_the_clear() -> None:
    definition = Definition(
        Texts({"fr": "x"}),
        ("fr",),
        (
            Section(
                "s",
                (
                    Question("name", Kind.TEXT, Texts({"fr": "Qui est le chef"})),
                    Question(
                        "again",
                        Kind.ONE,
                        Texts({"fr": "Encore"}),
                        choices=(Choice("yes", Texts({"fr": "Oui"})), Choice("no", Texts({"fr": "Non"}))),
                    ),
                ),
            ),
        ),
    )
    found = tell(4, definition, {"name": "Amadou Traoré", "again": "yes"})
    text = compose({"text": "ils sont venus", "when": "hier"}, found.typed).text
    assert text == "ils sont venus\nDate : hier\nQui est le chef : Amadou Traoré"
    read = understand(text, NOW, {}, told=found)
    assert "Amadou" not in read.anonymised.text
    assert read.anonymised.text.endswith("\nEncore : Oui")
    assert read.answers == {"version": 4, "given": {"again": "yes"}}
    assert tell(4, definition, {"again": "no"}).ticked == ""


def test_danger_that_was_ticked_is_never_lowered() -> None:
    calm = "il y a 3 ans on a volé une chèvre, tout est fini, tout va bien"
    assert values(understood(calm), FindingKind.URGENCY)[0]["level"] < 3
    found = understood(calm, danger="yes")
    assert values(found, FindingKind.URGENCY) == [{"level": 3}]
    assert values(understood("", danger="yes"), FindingKind.URGENCY) == [{"level": 3}]


def test_calm_that_was_ticked_lowers_nothing() -> None:
    text = "ils sont en train de tirer sur nous au secours"
    assert values(understood(text, danger="no"), FindingKind.URGENCY) == values(
        understood(text), FindingKind.URGENCY
    )


def test_the_dead_make_it_urgent_whatever_was_ticked_besides() -> None:
    found = understood("à Koro hier", what=["pillage"], harm=["killed"], killed="3")
    assert values(found, FindingKind.URGENCY)[0]["level"] == 2
    long_ago = understood("il y a 3 ans à Koro", what=["killing"], harm=["killed"], killed="3")
    assert values(long_ago, FindingKind.URGENCY)[0]["level"] < 2


def test_what_both_say_comes_first_then_what_was_ticked_then_what_was_only_read() -> None:
    found = understood(
        "ils ont volé les boeufs et frappé les gens", what=["torture", "denial_of_justice", "other"]
    )
    codes = [value["code"] for value in values(found, FindingKind.VIOLATION)]
    assert codes[:2] == ["torture", "denial_of_justice"]
    assert "pillage" in codes
    assert codes[-1] == "other"


def test_an_empty_account_with_a_tick_is_an_incident() -> None:
    found = understood("", what=["killing"], who=["state"])
    assert values(found, FindingKind.VIOLATION) == [{"code": "killing"}]
    assert values(found, FindingKind.ACTOR)[0]["code"] == "state"
    assert found.needs_person == "no_place"


def test_women_and_children_are_told_of_one_fate_only() -> None:
    alone = values(understood("", harm=["killed"], killed="5", women="2"), FindingKind.VICTIMS)
    assert {"status": "killed", "count": 2, "sex": "female", "children": False} in alone
    several = values(
        understood("", harm=["killed", "missing"], killed="5", missing="1", women="2"), FindingKind.VICTIMS
    )
    assert all(value["sex"] is None for value in several)


def test_every_ticked_finding_points_at_the_line_that_says_it() -> None:
    found = understood(
        "Amadou Traoré a tout vu, 76 12 34 56",
        danger="yes",
        what=["extortion"],
        who=["private"],
        harm=["killed"],
    )
    ticked = [finding for finding in found.findings if finding.rule == RULE]
    assert {finding.kind for finding in ticked} == {
        FindingKind.URGENCY,
        FindingKind.VIOLATION,
        FindingKind.ACTOR,
        FindingKind.VICTIMS,
    }
    lines = found.anonymised.text.splitlines()
    for finding in ticked:
        ((start, end),) = found.evidence(finding)
        assert found.anonymised.text[start:end] in lines


def test_nothing_ticked_changes_nothing() -> None:
    text = "des hommes armés ont pris 20 boeufs à Koro hier"
    assert understand(text, NOW, {}).findings == understood(text, danger="no").findings
