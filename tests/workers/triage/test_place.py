"""Where an incident was: what a monitor relies on when a message names a place in the words of its writer."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.reference import geography
from workers.contracts import Finding, FindingKind, Span
from workers.triage import place

_MESSAGES = Path(__file__).with_name("place_messages.csv")
_SHOWN = 0.3


def _messages() -> list[dict[str, str]]:
    with _MESSAGES.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="|"))


def _where(text: str, names: Sequence[Span] = ()) -> tuple[str | None, str | None]:
    found = [each for each in place.find(text, names=names) if each.confidence >= _SHOWN]
    return (found[0].value["region"], found[0].value["cercle"]) if found else (None, None)


def _name(text: str) -> str | None:
    found = place.find(text)
    return str(found[0].value["name"]) if found else None


def test_region_and_cercle_are_right_on_the_development_messages() -> None:
    messages = _messages()
    region_right = [_where(each["text"])[0] == (each["region"] or None) for each in messages]
    with_cercle = [each for each in messages if each["cercle"]]
    cercle_right = [_where(each["text"])[1] == each["cercle"] for each in with_cercle]
    assert len(messages) >= 150
    assert sum(region_right) / len(messages) >= 0.97
    assert sum(cercle_right) / len(with_cercle) >= 0.92


def test_development_messages_name_places_that_exist() -> None:
    for each in _messages():
        assert not each["region"] or geography.region(each["region"]) is not None
        assert not each["cercle"] or geography.cercle(each["cercle"], each["region"]) is not None


def test_a_finding_carries_codes_coordinates_and_the_words_it_rests_on() -> None:
    text = "des hommes armés ont pris 20 boeufs à Koro hier"
    found = place.find(text)[0]
    assert found.kind is FindingKind.PLACE
    assert found.value["region_code"] == "ML19"
    assert found.value["cercle_code"] == "ML1902"
    assert found.value["lat"] == pytest.approx(14.06, abs=0.05)
    assert found.value["lon"] == pytest.approx(-3.07, abs=0.05)
    assert [text[span.start : span.end] for span in found.evidence] == ["Koro"]
    assert found.confidence > 0.8


@pytest.mark.parametrize(
    ("text", "region", "cercle"),
    [
        ("Région de Mopti, village attaqué", "Mopti", None),
        ("tout le cercle de Bankass", "Bandiagara", "Bankass"),
        ("Koro, région de Mopti", "Bandiagara", "Koro"),
        ("Ansongo cercle, tirs", "Gao", "Ansongo"),
        ("Ménaka region is not safe", "Ménaka", None),
    ],
)
def test_areas_are_understood_in_the_old_division_and_the_new(
    text: str, region: str, cercle: str | None
) -> None:
    assert _where(text) == (region, cercle)


@pytest.mark.parametrize("written", ["Ouattagouna", "watagouna", "Wattaguna", "OUATAGOUNA", "ouatagouna"])
def test_spellings_of_one_name_meet(written: str) -> None:
    assert _where(f"attaque à {written}") == ("Gao", "Ouattagouna")


def test_a_slip_of_the_thumb_is_forgiven_after_a_locative_only() -> None:
    assert _where("des tirs à Diallasagoub cette nuit")[1] == "Diallassagou"
    assert _where("diallasagoub") == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "Sikasso Traoré doit de l'argent à son voisin",
        "mon oncle Amadou Koro est mort",
        "Monsieur Kita me menace",
        "la katiba Macina nous menace",
        "il fait dire que c'est nous",
        "les FAMa sont venus",
        "vive le Mali",
        "n ye o fana fo",
    ],
)
def test_persons_groups_and_common_words_are_not_places(text: str) -> None:
    assert _where(text) == (None, None)


def test_a_known_person_hides_a_place_name_but_not_after_a_locative() -> None:
    text = "Ségou Diarra a été battu"
    assert _where(text, [Span(0, 12)]) == (None, None)
    assert _where("vol de boeufs à Ségou", [Span(16, 21)]) == ("Ségou", "Ségou")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Je suis de Ségou, on m'a battu à Sévaré", "Sévaré"),
        ("le car venant de Gao a été attaqué à Hombori", "Hombori"),
        ("blessé à Boni puis évacué à Gao", "Boni"),
        ("arrêté à Sangha et transféré à Bamako", "Sangha"),
        ("il est détenu à Bamako, on l'a arrêté à Ménaka", "Ménaka"),
        ("sur la route de San, bandits à Tominian", "Tominian"),
    ],
)
def test_the_scene_comes_before_origins_destinations_and_roads(text: str, name: str) -> None:
    assert _name(text) == name


def test_both_ends_of_a_road_are_offered() -> None:
    found = place.find("une mine entre Koro et Bankass")
    assert {each.value["name"] for each in found} >= {"Koro", "Bankass"}


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("Farabougou dans le cercle de Sokolo", "Ségou"),
        ("Farabougou dans le cercle de Kolokani", "Koulikoro"),
        ("à Farabougou près de Diéma", "Nioro"),
    ],
)
def test_a_name_borne_by_several_places_is_told_by_the_places_beside_it(text: str, region: str) -> None:
    assert _where(text)[0] == region


def test_a_name_nothing_decides_is_offered_with_alternatives_and_little_confidence() -> None:
    found = place.find("attaque à Banankoro")
    assert len({each.value["region_code"] for each in found}) > 1
    assert found[1].rule.endswith("alternative")
    assert found[1].confidence < found[0].confidence


@pytest.mark.parametrize(
    "text", ["viol à Yirimadio", "commune VI de Bamako", "commune 4, des tirs", "BKO tirs"]
)
def test_bamako_is_a_district_without_cercle(text: str) -> None:
    assert _where(text) == ("Bamako", None)


@pytest.mark.parametrize("text", ["Koro la mogo fagara", "u ye misiw ta Mopti kono", "Kayi mara la, jɔnya"])
def test_bambara_postpositions_are_locatives(text: str) -> None:
    found = place.find(text)
    assert found
    assert found[0].confidence >= 0.5


def test_more_context_makes_a_finding_no_less_sure() -> None:
    alone = place.find("Dogofry attaqué")[0]
    with_cercle = place.find("Dogofry attaqué, cercle de Sokolo")[0]
    assert with_cercle.value["cercle"] == "Sokolo"
    assert with_cercle.confidence >= alone.confidence


_ODD = st.text(st.sampled_from("aàKoro MoptiàSan,.'-\n\ud800\u0301ɔé0123456789 "), max_size=80)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(), _ODD))
def test_any_text_gets_findings_whose_evidence_lies_within_it(text: str) -> None:
    for found in place.find(text):
        _check(found, text)


def _check(found: Finding, text: str) -> None:
    assert 0 < found.confidence <= 1
    assert geography.region(found.value["region_code"]) is not None
    for span in found.evidence:
        assert 0 <= span.start < span.end <= len(text)
        assert text[span.start : span.end].strip()


@pytest.mark.parametrize("frame", ["attaque dans le cercle de {}", "cercle {} attaqué"])
def test_every_cercle_is_found_under_its_name_in_capitals_or_not(frame: str) -> None:
    for cercle in geography.cercles():
        name = cercle.name.split(" (")[0]
        for written in (name, name.lower()):
            found = place.find(frame.format(written))
            assert found, written
            assert found[0].value["cercle_code"] == cercle.code, written


@pytest.mark.parametrize("text", ["", " ", "1" * 1_000_000, "a Koro " * 20_000, "\ud800 Koro \udfff", "\0"])
def test_hostile_texts_are_survived(text: str) -> None:
    assert isinstance(place.find(text), list)
