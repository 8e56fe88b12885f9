"""Whom a report names as author, by official and colloquial names."""

import pytest
from hypothesis import given, settings

from app.reference.taxonomy import actor_categories
from tests.workers.triage.texts import any_text, lies_inside, message
from workers.triage import violations
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


@pytest.mark.parametrize(
    "text",
    [
        "Attaque d'un village voisin de Bankass. Mon beau-père Ogodana est parmi les neuf morts.",
        "Mon mari a été pris par des hommes",
        "ils ont tué mon voisin et brûlé trois greniers",
        "ils ont volé les boeufs du voisin, et frappé ses fils",
        "mon voizin nampaga é porté disparu",
        "elle a été violée chez des voisins",
        "mon mari et son frère sont morts, le village est brûlé",
        "deux gendarmes ont été tués",
        "le chef de village Antandou a été décapité",
        "the mayor was killed",
    ],
)
def test_whoever_is_only_a_victim_or_a_relative_is_no_author(text: str) -> None:
    assert find(text, violations.find(text, "und")) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("mon mari me frappe tous les jours", "family"),
        ("mon mari boit et me tabasse", "family"),
        ("elle a été violée par le voisin", "family"),
        ("Mon oncle veut me donner en mariage, j'ai 14 ans", "family"),
        ("she was beaten by her husband", "family"),
        ("les militaires ont été tués par le JNIM", "jnim"),
        ("les militaires ont tué mon voisin", "fama"),
        ("deux gendarmes ont été tués, puis les gendarmes ont frappé les jeunes", "gendarmerie"),
        ("les dozos sont venus tuer", "dozo"),
        ("zandaramaw ye cɛ saba faga", "gendarmerie"),
    ],
)
def test_whoever_does_it_is_the_author(text: str, code: str) -> None:
    assert [finding.value["code"] for finding in find(text, violations.find(text, "und"))] == [code]


def test_a_text_without_actor_names_none() -> None:
    assert find("la pluie est venue") == []


@settings(max_examples=100, deadline=None)
@given(any_text | message)
def test_any_text_gives_known_categories_with_evidence_inside(text: str) -> None:
    for finding in find(text):
        assert finding.value["category"] in actor_categories()
        assert finding.evidence
        assert lies_inside(finding, text)
