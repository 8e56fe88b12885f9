"""A text cut into words that can be compared however they were spelt, each with its place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from workers.contracts import Span
from workers.triage.folding import words

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


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: its spelling key, its place, and the sentence and clause it is in (from 0)."""

    key: str
    start: int
    end: int
    sentence: int
    clause: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as its tokens; the engines look at nothing beyond the first 40,000 characters."""

    text: str
    tokens: tuple[Token, ...]

    def span(self, first: int, last: int) -> Span:
        """The stretch of the text from token `first` up to, not including, token `last`."""
        return Span(self.tokens[first].start, self.tokens[last - 1].end)

    def is_question(self, sentence: int) -> bool:
        """Whether a question mark ends the sentence."""
        inside = [token for token in self.tokens if token.sentence == sentence]
        return bool(inside) and "?" in self.text[inside[-1].end : inside[-1].end + 4]


def read(text: str | Reading) -> Reading:
    """`text` as tokens in order; what was read already stays as it is."""
    if isinstance(text, Reading):
        return text
    tokens: list[Token] = []
    sentence = clause = end = 0
    for word in words(text[:_MOST_CHARACTERS]):
        between = text[end : word.start]
        has_ended = _SENTENCE_END.search(between) is not None
        sentence += has_ended
        clause += has_ended or _CLAUSE_END.search(between) is not None
        tokens.append(Token(spelling_key(word.text), word.start, word.end, sentence, clause))
        end = word.end
    return Reading(text, tuple(tokens))
