"""Whom a report names as author, by official and colloquial names."""

import pytest
from hypothesis import given, settings

from app.reference.taxonomy import actor_categories
from tests.workers.triage.texts import any_text, lies_inside, message
from workers.triage.actors import find


@pytest.mark.parametrize(
    ("text", "code", "category"),
    [
        ("les FAMa sont passés", "fama", "state"),
        ("zandaramaw ye n fa mine", "gendarmerie", "state"),
        ("les hommes de Wagner", "africa_corps", "foreign_partner"),
        ("le JNIM a frappé", "jnim", "armed_group"),
        ("les gens de la brousse", "jihadists", "armed_group"),
        ("dana ambassagou", "dan_na_ambassagou", "self_defence"),
        ("donsow ye n bugo", "dozo", "self_defence"),
        ("des hommes armés à moto", "unknown_armed_men", "unknown_armed_men"),
        ("le chef de village refuse", "chefferie", "authority"),
        ("la société minière", "company", "private"),
    ],
)
def test_an_actor_is_found_by_its_names(text: str, code: str, category: str) -> None:
    found = {finding.value["code"]: finding.value["category"] for finding in find(text)}
    assert found[code] == category


def test_all_actors_named_are_found() -> None:
    assert {"fama", "africa_corps"} <= {f.value["code"] for f in find("les militaires avec les russes")}


def test_a_text_without_actor_names_none() -> None:
    assert find("la pluie est venue") == []


@settings(max_examples=100, deadline=None)
@given(any_text | message)
def test_any_text_gives_known_categories_with_evidence_inside(text: str) -> None:
    for finding in find(text):
        assert finding.value["category"] in actor_categories()
        assert finding.evidence
        assert lies_inside(finding, text)
