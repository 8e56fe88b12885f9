"""The warning before a name goes on record."""

from __future__ import annotations

import pytest

from app.casework.plain_words import looks_identifying


@pytest.mark.parametrize(
    "text",
    [
        "Moussa",
        "le fils de Moussa",
        "Moussa Traoré, boutiquier",
        "Commerçante. Elle s'appelle Awa",
        "[PERSONNE-1] et Fatoumata",
        "joindre au 66 12 34 56",
        "MOUSSA",
    ],
)
def test_what_may_name_somebody_is_warned_of(text: str) -> None:
    assert looks_identifying(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[PERSONNE-1]",
        "[PERSONNE-1] et [TELEPHONE-12]",
        "Femme d'une trentaine d'années, commerçante au marché",
        "Élève de 12 ans. Blessé à la jambe",
        "éleveur",
    ],
)
def test_a_token_or_a_plain_description_is_not(text: str) -> None:
    assert not looks_identifying(text)
