"""Folds texts so that accents, capitals and keyboards make no difference, without moving a single offset."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_SPECIAL = {
    "ɛ": "e", "Ɛ": "e", "ɔ": "o", "Ɔ": "o", "ŋ": "n", "Ŋ": "n", "ɲ": "n", "Ɲ": "n",
    "ɓ": "b", "Ɓ": "b", "ɗ": "d", "Ɗ": "d", "ƴ": "y", "Ƴ": "y", "ø": "o", "Ø": "o",
    "œ": "e", "Œ": "e", "æ": "e", "Æ": "e", "ß": "s", "ı": "i", "ł": "l", "Ł": "l",
    "’": "'", "‘": "'", "ʼ": "'", "ʻ": "'", "`": "'", "´": "'", "ʹ": "'", "′": "'",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ",
}  # fmt: skip
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_MARKS = re.compile("[\u0300-\u036f]")
_LONGEST_WORD = 60


class _Folding(dict[int, str]):
    """One folded character for each character, worked out once."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


def _fold_character(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    base = unicodedata.normalize("NFKD", character)[:1] or character
    if base in _SPECIAL:
        return _SPECIAL[base]
    lowered = base.lower()[:1]
    return lowered or character


_FOLDING = _Folding()


def fold(text: str) -> str:
    """`text` in lower case without accents or special letters, as long as `text`, position for position."""
    return text.translate(_FOLDING)


class Word(NamedTuple):
    """A word folded for comparison, and where it stands in the original text."""

    text: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """The folded words of `text` in order (runs of letters or of digits), combining accents left out."""
    return words_of_folded(fold(text))


def words_of_folded(folded: str) -> list[Word]:
    """The words of a text that was folded already."""
    if _has_marks(folded):
        found = [(_MARKS.sub("", each.group()), *each.span()) for each in _MARKED_WORD.finditer(folded)]
    else:
        found = [(each.group(), *each.span()) for each in _WORD.finditer(folded)]
    return [Word(*each) for each in found if each[2] - each[1] <= _LONGEST_WORD]


def written_words(text: str) -> list[str]:
    """The folded words of `text` alone, without where they stand."""
    folded = fold(text)
    if _has_marks(folded):
        return [word.text for word in words_of_folded(folded)]
    return [word for word in _WORD.findall(folded) if len(word) <= _LONGEST_WORD]


def _has_marks(folded: str) -> bool:
    return not folded.isascii() and _MARKS.search(folded) is not None


_MARKED_WORD = re.compile("[^\\W_](?:[^\\W_]|[\u0300-\u036f])*", re.UNICODE)
