"""One person or number has one pseudonym under one key; strangers who share a common name have none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.anonymise import phone_pseudonym, pseudonym

KEY, OTHER_KEY = b"k" * 32, b"o" * 32


@pytest.mark.parametrize("spelling", ["Koné Seydou", "seydou kone", "SEIDOU KONÉ", "Seydou  Koné"])
def test_spelling_and_order_do_not_matter(spelling: str) -> None:
    assert pseudonym(KEY, spelling) == pseudonym(KEY, "Seydou Koné")


def test_particles_do_not_matter_and_people_differ() -> None:
    assert pseudonym(KEY, "Rhissa Ag Moussa") == pseudonym(KEY, "rhissa agh moussa")
    assert pseudonym(KEY, "Seydou Koné") != pseudonym(KEY, "Moussa Koné")


@pytest.mark.parametrize("name", ["Amadou", "traoré", "S. Koné", "M.K.", "", "  ", "Ag"])
def test_names_of_many_have_none(name: str) -> None:
    assert pseudonym(KEY, name) is None


def test_keys_part_the_cases() -> None:
    first, second = pseudonym(KEY, "Seydou Koné"), pseudonym(OTHER_KEY, "Seydou Koné")
    assert first is not None
    assert len(first) == 32
    assert first != second


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="key"):
        pseudonym(b"short", "Seydou Koné")


@pytest.mark.parametrize("number", ["76 12 34 56", "+223 76123456", "00223 76.12.34.56", "76-12-34-56"])
def test_a_number_is_one_in_any_writing(number: str) -> None:
    assert phone_pseudonym(KEY, number) == phone_pseudonym(KEY, "76123456")


def test_numbers_differ_and_scraps_have_none() -> None:
    assert phone_pseudonym(KEY, "76123456") != phone_pseudonym(KEY, "76123457")
    assert phone_pseudonym(KEY, "1234") is None


@given(st.text(max_size=60))
def test_any_string_is_accepted(name: str) -> None:
    assert pseudonym(KEY, name) is None or len(pseudonym(KEY, name) or b"") == 32
    assert phone_pseudonym(KEY, name) is None or len(phone_pseudonym(KEY, name) or b"") == 32
