"""A text cut into words that can be compared however they were spelt, each with its place in the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from workers.contracts import Span
from workers.triage.folding import Word, fold, words_of_folded

_MOST_CHARACTERS = 40_000
_SENTENCE_END = re.compile(r"[.!?;\n…]")
_CLAUSE_END = re.compile(r"[,:()]")
_SOUNDS = (("oe", "e"), ("ph", "f"), ("qu", "k"), ("q", "k"), ("ou", "u"), ("gn", "ny"))
_HARD_C = re.compile(r"c(?![eihy])")
_DOUBLED = re.compile(r"(.)\1+")


@lru_cache(maxsize=20_000)
def spelling_key(word: str) -> str:
    """One key for the spellings of a folded word: `attaque`, `ataque`, `attake`; `mousso`, `muso`."""
    if word.isdigit():
        return word
    for written, sound in _SOUNDS:
        word = word.replace(written, sound)
    return _DOUBLED.sub(r"\1", _HARD_C.sub("k", word))


class Token(NamedTuple):
    """A word of a text: its spelling key, its place, and the sentence and clause it is in (from 0)."""

    key: str
    start: int
    end: int
    sentence: int
    clause: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as its tokens; the engines look at nothing beyond the first 40,000 characters.

    `folded` are these characters folded, `words` the words in them, which the tokens are the spelling keys of; `keys`
    are these keys alone.
    """

    text: str
    folded: str
    words: Sequence[Word]
    tokens: tuple[Token, ...]
    keys: Sequence[str]

    def span(self, first: int, last: int) -> Span:
        """The stretch of the text from token `first` up to, not including, token `last`."""
        return Span(self.tokens[first].start, self.tokens[last - 1].end)


@lru_cache(maxsize=1024)
def _ends(between: str) -> tuple[bool, bool]:
    """Whether what stands between two words ends a sentence, and whether it ends a clause."""
    ends_sentence = _SENTENCE_END.search(between) is not None
    return ends_sentence, ends_sentence or _CLAUSE_END.search(between) is not None


def read(text: str | Reading) -> Reading:
    """`text` as tokens in order; what was read already stays as it is."""
    if isinstance(text, Reading):
        return text
    tokens: list[Token] = []
    sentence = clause = end = 0
    folded = fold(text[:_MOST_CHARACTERS])
    listed = words_of_folded(folded)
    keys = [spelling_key(word.text) for word in listed]
    for key, (_, start, word_end) in zip(keys, listed, strict=True):
        if start - end > 1 or text[end:start] != " ":  # a blank alone ends nothing
            ends_sentence, ends_clause = _ends(text[end:start])
            sentence += ends_sentence
            clause += ends_clause
        end = word_end
        tokens.append(Token(key, start, end, sentence, clause))
    return Reading(text, folded, listed, tuple(tokens), keys)
