"""Spellings of one name sound alike; different names don't."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.anonymise.phonetics import phonetic_key


@pytest.mark.parametrize(
    "spellings",
    [
        ("Ouattara", "Wattara", "Watara", "Ouatara"),
        ("Coulibaly", "Koulibali", "Kulibali", "coulibaly"),
        ("Diallo", "Djallo", "Jallo"),
        ("Kouyaté", "Kuyaté", "Kouyate"),
        ("Niaré", "Gnaré", "Nyaré"),
        ("Sissoko", "Cissoko", "Cissokho"),
        ("Tiémoko", "Thiémoko"),
        ("Ousmane", "Ousman"),
        ("N'Golo", "Ngolo", "Golo"),
        ("Dembélé", "Denbele"),
        ("Haïdara", "Aidara", "Haydara"),
    ],
)
def test_spellings_of_one_name_share_a_key(spellings: tuple[str, ...]) -> None:
    assert len({phonetic_key(spelling) for spelling in spellings}) == 1


def test_different_names_keep_different_keys() -> None:
    names = [
        "Traoré",
        "Touré",
        "Diarra",
        "Diallo",
        "Keïta",
        "Konaté",
        "Koné",
        "Sidibé",
        "Samaké",
        "Sanogo",
        "Sangaré",
    ]
    assert len({phonetic_key(name) for name in names}) == len(names)


@given(st.text(max_size=60))
def test_any_text_has_a_key_that_case_and_accents_do_not_change(text: str) -> None:
    assert phonetic_key(text.upper().lower()) == phonetic_key(text.upper().lower())
    assert all(not letter.isspace() for letter in phonetic_key(text))
