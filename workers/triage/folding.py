"""Folds texts so that accents, capitals and keyboards make no difference, without moving a single offset."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Word:
    """A word folded for comparison, and where it stands in the original text."""

    text: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """The folded words of `text` in order (runs of letters or of digits), combining accents left out."""
    folded = fold(text)
    marked = _MARKS.search(folded) is not None
    pattern = _MARKED_WORD if marked else _WORD
    return [
        Word(_MARKS.sub("", found.group()) if marked else found.group(), found.start(), found.end())
        for found in pattern.finditer(folded)
        if found.end() - found.start() <= _LONGEST_WORD
    ]


_MARKED_WORD = re.compile("[^\\W_](?:[^\\W_]|[\u0300-\u036f])*", re.UNICODE)
