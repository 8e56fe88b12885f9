"""Turns a text into numbered features for the linear model: words, pairs of words and groups of letters as they sound.

A feature's number is a stable hash (CRC-32) of it, so that no list of features has to be kept. Words as they are
written have the upper half of the numbers to themselves: what is known of their meaning is kept there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from workers.contracts import Span
from workers.triage.reading import Reading, Token, read
from workers.triage.sounds import sound, stem_sound

_HALF = 2**16
BINS = 2 * _HALF
_SHORTEST, _LONGEST = 2, 5
_MOST_TOKENS = 600
# How much each family of features weighs beside the others; found by leaving out one author's texts at a time.
STEMS, PAIRS, LETTERS, WRITTEN = 0.8, 0.7, 1.0, 0.5


@dataclass(frozen=True, slots=True)
class Family:
    """Features of one sort: their numbers, rising and each once, and how much they weigh together."""

    numbers: NDArray[np.int64]
    weight: float


@dataclass(frozen=True, slots=True)
class Features:
    """The features of a text by family, and which of them each word carries."""

    families: tuple[Family, ...]
    by_word: tuple[tuple[Span, tuple[int, ...]], ...]

    @property
    def numbers(self) -> NDArray[np.int64]:
        """The numbers of all families, one family after the other."""
        return np.concatenate([family.numbers for family in self.families])

    def values(self, rarity: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each of `numbers` counts for: its rarity, scaled so that every family has the length of its weight."""
        return np.concatenate([_scaled(rarity[family.numbers], family.weight) for family in self.families])


def features(text: str | Reading) -> Features:
    """The features of `text`; nothing beyond the first 600 words is read."""
    tokens = read(text).tokens[:_MOST_TOKENS]
    stems = [(_hash("w", _shape(token)),) for token in tokens]
    pairs = [_pair(tokens, index) for index in range(len(tokens))]
    letters = [_letters(token.key) for token in tokens]
    written = [(written_number(token.key),) for token in tokens]
    families = (
        _family(stems, STEMS),
        _family(pairs, PAIRS),
        _family(letters, LETTERS),
        _family(written, WRITTEN),
    )
    carried = zip(tokens, stems, pairs, letters, written, strict=True)
    by_word = tuple((Span(token.start, token.end), sum(own, ())) for token, *own in carried)
    return Features(families, by_word)


def written_number(key: str) -> int:
    """The number of a word as it is written, from its spelling key; always in the upper half."""
    return _HALF + _hash("u", key)


def _family(by_word: Iterable[tuple[int, ...]], weight: float) -> Family:
    numbers = sorted({number for own in by_word for number in own})
    return Family(np.array(numbers, dtype=np.int64), weight)


def _scaled(values: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    length = float(np.sqrt(values @ values))
    return values * (weight / length) if length else values


def _pair(tokens: tuple[Token, ...], index: int) -> tuple[int, ...]:
    """A word with the one before it in its sentence."""
    if index == 0 or tokens[index - 1].sentence != tokens[index].sentence:
        return ()
    return (_hash("p", f"{_shape(tokens[index - 1])} {_shape(tokens[index])}"),)


def _shape(token: Token) -> str:
    """A word as it sounds without its ending; a number is a number."""
    return f"#{len(token.key)}" if token.key.isdigit() else stem_sound(token.key) or token.key


@lru_cache(maxsize=8192)
def _letters(key: str) -> tuple[int, ...]:
    """The groups of letters of a word as it sounds, by its spelling key; a number has none."""
    return () if key.isdigit() else tuple(_hash("c", gram) for gram in _grams(f"^{sound(key)}$"))


def _grams(padded: str) -> Iterator[str]:
    for length in range(_SHORTEST, _LONGEST + 1):
        for start in range(len(padded) - length + 1):
            yield padded[start : start + length]


def _hash(family: str, feature: str) -> int:
    return crc32(f"{family}:{feature}".encode("utf-8", "surrogatepass")) % _HALF
