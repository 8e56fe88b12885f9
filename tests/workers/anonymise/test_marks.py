"""Marks let a worker with the key know names and numbers again, however they are spelt; without the key, nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.anonymise import anonymise
from workers.anonymise.marks import UnreadableMarks, make_marks, read_marks
from workers.anonymise.tokens import TokenBook
from workers.contracts import EntityLabel

KEY, OTHER_KEY, SALT = b"k" * 32, b"o" * 32, b"s" * 16
TOKENS = {"[PERSONNE-1]": "Seydou Koné", "[PERSONNE-2]": "Awa Diallo", "[TELEPHONE-1]": "76 12 34 56"}
NAMES = [
    "Seydou",
    "Koné",
    "Awa",
    "Diallo",
    "Moussa",
    "Ag Rhissa",
    "S.",
    "K.",
    "Ouattara",
    "Fatoumata",
    "N'Golo",
]

names = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map(" ".join)
spellings = st.sampled_from(
    [str, str.upper, str.lower, lambda name: name.replace("é", "e").replace("ou", "u")]
)


def stored(tokens: dict[str, str], key: bytes = KEY) -> dict[str, object]:
    """As they come back from a database."""
    return dict(json.loads(json.dumps(make_marks(tokens, key, lambda: SALT))))


@settings(deadline=None)  # the lists are read in the first
@given(st.dictionaries(st.integers(1, 9).map("[PERSONNE-{}]".format), names, max_size=4), names, spellings)
def test_a_mention_is_the_same_person_by_marks_as_by_words(
    tokens: dict[str, str], mention: str, spelt: object
) -> None:
    written = spelt(mention) if callable(spelt) else mention
    by_words = TokenBook.of_case("", tokens)
    by_marks = TokenBook.of_case("", {}, [read_marks(stored(tokens), KEY)])
    for original in (written, mention):  # what was met once is known from then on, both ways alike
        expected = by_words.token_for(EntityLabel.PERSON, original)
        assert by_marks.token_for(EntityLabel.PERSON, original) == expected


@pytest.mark.parametrize("mention", ["S. Koné", "Seydou Kone", "Koné Seydou", "SEYDOU KONÉ", "Seidou Koné"])
def test_spelling_order_and_initials_do_not_matter(mention: str) -> None:
    text = f"{mention} a été vu au marché avec Moussa Traoré"
    found = anonymise(text, "fra", marked=[read_marks(stored(TOKENS), KEY)])
    assert [entity.token for entity in found.entities] == ["[PERSONNE-1]", "[PERSONNE-3]"]


def test_a_number_keeps_its_token_in_any_writing_and_another_gets_its_own() -> None:
    marked = [read_marks(stored(TOKENS), KEY)]
    found = anonymise("appelez le +223 76123456 ou le 66 98 76 54", "fra", marked=marked)
    assert [entity.token for entity in found.entities] == ["[TELEPHONE-1]", "[TELEPHONE-2]"]


def test_a_name_that_only_the_case_knows_is_found_by_its_mark() -> None:
    text = "zorbila et Amadou Traoré étaient au marché de Koro"
    assert "zorbila" in anonymise(text, "fra").text
    marked = [read_marks(stored({"[PERSONNE-1]": "Zorbila"}), KEY)]
    found = anonymise(text, "fra", marked=marked)
    assert found.text == "[PERSONNE-1] et [PERSONNE-2] étaient au marché de Koro"


def test_marks_of_several_messages_say_more_together() -> None:
    first = read_marks(dict(make_marks({"[PERSONNE-1]": "Seydou Koné"}, KEY, lambda: b"1" * 16)), KEY)
    second = read_marks(dict(make_marks({"[PERSONNE-2]": "Awa Koné"}, KEY, lambda: b"2" * 16)), KEY)
    book = TokenBook.of_case("", {}, [first, second])
    assert book.token_for(EntityLabel.PERSON, "A. Koné") == "[PERSONNE-2]"
    assert book.token_for(EntityLabel.PERSON, "Koné") == "[PERSONNE-3]"  # it could be either: so neither


def test_without_the_key_marks_say_nothing() -> None:
    marks = stored(TOKENS)
    assert not any(word in json.dumps(marks).lower() for word in ("seydou", "kone", "7612"))
    book = TokenBook.of_case("", {}, [read_marks(marks, OTHER_KEY)])
    assert book.token_for(EntityLabel.PERSON, "Seydou Koné") == "[PERSONNE-3]"
    assert book.token_for(EntityLabel.PHONE, "76123456") == "[TELEPHONE-2]"


def test_equal_names_of_two_messages_have_no_mark_in_common_and_order_spells_nothing() -> None:
    one = make_marks({"[PERSONNE-1]": "Seydou Koné"}, KEY, lambda: b"1" * 16)
    other = make_marks({"[PERSONNE-1]": "Seydou Koné"}, KEY, lambda: b"2" * 16)
    values = [set(json.dumps(each["tokens"]).split('"')) for each in (one, other)]
    assert {value for value in values[0] & values[1] if len(value) > 20} == set()
    turned = make_marks({"[PERSONNE-1]": "Koné Seydou"}, KEY, lambda: b"1" * 16)
    assert turned["tokens"] == one["tokens"]


def test_earlier_marks_are_kept_beside_new_ones() -> None:
    again = make_marks({"[PERSONNE-3]": "Moussa Cissé"}, KEY, lambda: b"n" * 16, kept=stored(TOKENS))
    assert set(again["tokens"]) == {*TOKENS, "[PERSONNE-3]"}
    assert read_marks(again, KEY).marker.salt == SALT


@pytest.mark.parametrize(
    "damaged", [{}, {"salt": "!"}, {"salt": "", "tokens": 3}, {"salt": "", "tokens": {"a": 1}}]
)
def test_damaged_marks_are_refused(damaged: dict[str, object]) -> None:
    with pytest.raises(UnreadableMarks):
        read_marks(damaged, KEY)
