"""Whom a report tells of as victims: how many, women, men, children, and what became of them."""

from typing import Any

import pytest
from hypothesis import given, settings

from tests.workers.triage.texts import HOSTILE, any_text, lies_inside, message
from workers.contracts import FindingKind, Span
from workers.triage.language import identify
from workers.triage.victims import find


def _told(text: str, names: tuple[Span, ...] = ()) -> list[tuple[Any, ...]]:
    values = [finding.value for finding in find(text, identify(text)[0], names=names)]
    return [(value["status"], value["count"], value["sex"], value["children"]) for value in values]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ils ont tué 3 femmes et 2 enfants", [("killed", 3, "female", False), ("killed", 2, None, True)]),
        ("bilan : 4 morts dont 2 enfants et 7 blessés", [("killed", 4, None, True), ("injured", 7, None, False)]),
        ("mon frère est blessé", [("injured", 1, "male", False)]),
        ("deux filles de 12 ans ont été enlevées", [("abducted", 2, "female", True)]),
        ("vingt-trois civils tués", [("killed", 23, None, False)]),
        ("1 200 déplacés", [("displaced", 1200, None, False)]),
        ("deux jeunes disparus depuis lundi", [("missing", 2, None, False)]),
        ("ils ont tué beaucoup de gens", [("killed", None, None, False)]),
        ("they killed two men and kidnapped a girl", [("killed", 2, "male", False), ("abducted", 1, "female", True)]),
        ("u ye mɔgɔ saba faga", [("killed", 3, None, False)]),
    ],
)  # fmt: skip
def test_victims_are_counted(text: str, told: list[tuple[Any, ...]]) -> None:
    assert _told(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "ils ont tué 20 boeufs",
        "personne n'a été tué",
        "aucun mort, pas de blessé",
        "ils menacent de tuer mon père",
        "appelez le 76 12 34 56",
        "",
    ],
)
def test_nobody_is_made_a_victim(text: str) -> None:
    assert _told(text) == []


def test_those_who_did_it_are_not_the_victims() -> None:
    assert _told("3 hommes armés ont tué mon frère") == [("killed", 1, "male", False)]


def test_a_name_is_one_person() -> None:
    text = "ils ont enlevé Amadou Traoré hier"
    name = Span(text.index("Amadou"), text.index(" hier"))
    assert _told(text, (name,)) == [("abducted", 1, None, False)]


def test_families_are_not_counted_as_persons() -> None:
    assert _told("40 familles ont fui") == [("displaced", None, None, False)]


def test_the_words_are_shown() -> None:
    text = "Hier, 3 femmes ont été tuées."
    (finding,) = find(text, "fra")
    assert finding.kind is FindingKind.VICTIMS
    assert [text[span.start : span.end] for span in finding.evidence] == ["3 femmes", "tuées"]


@settings(max_examples=80, deadline=None)
@given(any_text | message)
def test_any_text_gives_counts_and_words_inside(text: str) -> None:
    for finding in find(text, identify(text)[0]):
        assert lies_inside(finding, text)
        assert finding.value["count"] is None or finding.value["count"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_survived(text: str) -> None:
    assert isinstance(find(text, "und"), list)
