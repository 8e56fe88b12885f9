"""Offsets found in a folded text must hold in the original, whatever was typed."""

import pytest
from hypothesis import given

from tests.workers.triage.texts import HOSTILE, any_text
from workers.triage.folding import fold, words
from workers.triage.reading import read, spelling_key


@given(any_text)
def test_folding_keeps_every_position(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(any_text)
def test_words_lie_where_they_say(text: str) -> None:
    folded = fold(text)
    for word in words(text):
        assert folded[word.start : word.end].startswith(word.text[:1])
        assert word.start < word.end <= len(text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ENLEVÉ", "enleve"),
        ("mɔgɔ", "mogo"),
        ("bœuf", "beuf"),
        ("n’a", "n'a"),
        ("ŋɲɛ", "nne"),
        ("ɓiɓɓe", "bibbe"),
    ],
)
def test_special_letters_are_folded_to_what_phones_type(typed: str, meant: str) -> None:
    assert fold(typed) == meant


def test_a_decomposed_accent_is_no_other_word() -> None:
    assert [word.text for word in words("enleve\u0301 ici")] == ["enleve", "ici"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("attaque", "atake"),
        ("frappe", "frape"),
        ("mousso", "muso"),
        ("boeuf", "beuf"),
        ("kidnape", "kidnappe"),
    ],
)
def test_spellings_of_one_word_have_one_key(one: str, other: str) -> None:
    assert spelling_key(one) == spelling_key(other)


@pytest.mark.parametrize(("one", "other"), [("menace", "menaka"), ("attaque", "attache"), ("joona", "jonya")])
def test_other_words_have_other_keys(one: str, other: str) -> None:
    assert spelling_key(one) != spelling_key(other)


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_read(text: str) -> None:
    assert all(token.start < token.end <= len(text) for token in read(text).tokens)
