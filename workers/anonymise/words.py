"""The words of a text with their place, their case and what separates them. Digits are not words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from workers.anonymise.phonetics import fold, phonetic_key

_LONGEST_NAME = 40
_INNER = "\u0300-\u036f\u07eb-\u07f3\u064b-\u065f\u00ad\u200b-\u200d\ufeff"
# N'Golo and M'Bouillé keep their apostrophe (a consonant follows); d'Amadou and l'imam lose theirs.
_WORD = re.compile(
    rf"(?:[nm]['’ʼ‘`´](?=[bcdfgjklmnpqrstvwxyz]))?[^\W\d_](?:[^\W\d_]|[{_INNER}])*", re.IGNORECASE
)
_JOINS_NAMES = re.compile(r"[^\S\n]{0,3}(?:\n[^\S\n]{0,3})?|[ ]?[-‐‑–][ ]?|\.[^\S\n]{0,2}|[ ]?['’][ ]?")
_ENDS_SENTENCE = re.compile(r"[.!?…:;\n\"«“(•]")


class Word(NamedTuple):
    """One word; `gap` is what stands between it and the word before.

    `folded` is in lower case without accents and apostrophe (N'Golo is `ngolo`). `is_capital`: it begins with a
    capital; `opens_sentence`: that would say nothing, because a sentence begins here; `follows_closely`: it can belong
    to the same name as the word before it.
    """

    start: int
    end: int
    text: str
    gap: str
    folded: str
    is_capital: bool
    opens_sentence: bool
    follows_closely: bool

    @property
    def key(self) -> str:
        """Phonetic key."""
        return phonetic_key(self.text)

    @property
    def is_initial(self) -> bool:
        """Whether it is one capital letter, as in `A. Traoré`."""
        return len(self.text) == 1 and self.is_capital


@lru_cache(maxsize=16384)
def _folded(text: str) -> str:
    return "".join(letter for letter in fold(text) if letter.isalpha())


def split_words(text: str) -> list[Word]:
    """Words in order. A run of letters too long to be a name is left out."""
    words: list[Word] = []
    last_end = 0
    for match in _WORD.finditer(text):
        start, end = match.span()
        if end - start <= _LONGEST_NAME:
            words.append(_word(start, end, match.group(), text[last_end:start]))
            last_end = end
    return words


def _word(start: int, end: int, text: str, gap: str) -> Word:
    is_first = start == len(gap)
    ends_sentence, joins = (False, True) if gap == " " else _said_by(gap)
    return Word(
        start,
        end,
        text,
        gap,
        _folded(text),
        text[0].isupper(),
        is_first or ends_sentence,
        joins and not is_first,
    )


def _said_by(gap: str) -> tuple[bool, bool]:
    """Whether what stands between two words ends a sentence, and whether it can stand within a name."""
    return bool(_ENDS_SENTENCE.search(gap)), bool(_JOINS_NAMES.fullmatch(gap))


def has_telling_case(words: Sequence[Word]) -> bool:
    """Whether capitals mean something here: neither shouted nor written without any capital."""
    longer = [word for word in words if len(word.text) > 1]
    if not longer:
        return False
    capitals = sum(word.is_capital for word in longer)
    shouted = sum(word.text.isupper() for word in longer)
    inner_capitals = sum(word.is_capital and not word.opens_sentence for word in longer)
    return shouted < 0.6 * len(longer) and capitals < 0.8 * len(longer) + 2 and inner_capitals > 0
