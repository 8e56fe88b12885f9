"""Sex and part in what happened go with a person where the text says so, and only there."""

import pytest

from workers.anonymise import anonymise, token_table
from workers.contracts import Span


@pytest.mark.parametrize(
    ("text", "sex", "role"),
    [
        ("Mon frère Amadou Traoré a été tué hier", "homme", "victime"),
        ("Ma soeur Awa Diarra est blessée", "femme", "victime"),
        ("Mme Oumou Sangaré a tout vu", "femme", "témoin"),
        ("je suis Fatoumata Keita, aidez-nous", "", "déclarant"),
        ("elle a été violée par Moussa Koné", "", "auteur présumé"),
        ("Témoin : Issa Diallo", "", "témoin"),
        ("le neveu d'Oumou Diallo parle", "", ""),
        ("Seydou Koné habite ici", "", ""),
        ("Fadimata walet Intalla habite ici", "femme", ""),
    ],
)
def test_what_the_text_says(text: str, sex: str, role: str) -> None:
    (person,) = anonymise(text, "fra").entities
    assert (person.sex, person.role) == (sex, role)


def test_contradictions_are_silent() -> None:
    found = anonymise(
        "Victime : Awa Diarra. Plus tard un enfant a été frappé par Awa Diarra.", "fra"
    ).entities
    assert {(entity.token, entity.role) for entity in found} == {("[PERSONNE-1]", "")}


def test_described_tokens_only_on_demand_and_under_the_same_numbers() -> None:
    text = "Ma soeur Awa Diarra est blessée, mon mari Issa Koné non."
    plain, described = anonymise(text, "fra"), anonymise(text, "fra", describe=True)
    assert "[PERSONNE-1] est" in plain.text
    assert "[PERSONNE-1: femme, victime] est" in described.text
    assert token_table(text, plain) == token_table(text, described)
    assert set(token_table(text, described)) == {"[PERSONNE-1]", "[PERSONNE-2]"}


def test_places_are_located_behind_described_tokens() -> None:
    text = "Ma soeur Awa Diarra est blessée à Koro"
    described = anonymise(text, "fra", describe=True)
    found = described.locate(Span(text.index("Koro"), len(text)))
    assert described.text[found.start : found.end] == "Koro"


def test_a_described_token_is_not_read_again() -> None:
    once = anonymise("Ma soeur Awa Diarra est blessée", "fra", describe=True).text
    assert anonymise(once, "fra").text == once
