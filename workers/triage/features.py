"""Turns a text into numbered features for the linear model: words, pairs of words and groups of letters as they sound.

A feature's number is a stable hash (CRC-32) of it, so that no list of features has to be kept. Words as they are
written have the upper half of the numbers to themselves: what is known of their meaning is kept there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import AnyStr
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from workers.triage.reading import Reading, Token, read
from workers.triage.sounds import sound, stem_sound

_HALF = 2**17
BINS = 2 * _HALF
_SHORTEST, _LONGEST = 2, 5
_MOST_TOKENS = 600
# How much each family of features weighs beside the others; found by leaving out one author's texts at a time.
STEMS, PAIRS, LETTERS, WRITTEN = 0.8, 0.7, 1.0, 0.5
_WEIGHTS = (STEMS, PAIRS, LETTERS, WRITTEN)
# Where the numbers of each family begin while they are gathered: one sort then does for all families.
_FAMILIES = np.arange(len(_WEIGHTS) + 1, dtype=np.int64) * BINS
_OF_PAIRS, _OF_LETTERS, _OF_WRITTEN = BINS, 2 * BINS, 3 * BINS


@dataclass(frozen=True, slots=True)
class Features:
    """The features of a text: `numbers` by family, within a family rising and each once, and where each family begins
    and the last one ends; and which of them each word carries.

    The numbers of `carried` from a word's place in `begins` up to the next word's are its own, the one of `pairs` is
    that of the word with the one before it, -1 where it is the first of its sentence.
    """

    numbers: NDArray[np.int64]
    families: tuple[int, ...]
    words: tuple[Token, ...]
    carried: NDArray[np.int64]
    begins: NDArray[np.int64]
    pairs: NDArray[np.int64]

    def values(self, rarity: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each of `numbers` counts for: its rarity, scaled so that every family has the length of its weight."""
        values = rarity[self.numbers]
        for (first, last), weight in zip(pairwise(self.families), _WEIGHTS, strict=True):
            _scale(values[first:last], weight)
        return values


@dataclass(frozen=True, slots=True)
class _Word:
    """What a word carries wherever it stands: how it sounds without its ending, and its numbers.

    `carried` are those of its stem, of its letters and of the word as it is written, told apart by what their family
    adds to them.
    """

    shape: str
    carried: NDArray[np.int64]


def features(text: str | Reading) -> Features:
    """The features of `text`; nothing beyond the first 600 words is read."""
    tokens = read(text).tokens[:_MOST_TOKENS]
    words = [_word(token.key) for token in tokens]
    pairs = np.array(_pairs(tokens, words), dtype=np.int64)
    carried = np.concatenate([_NOTHING, *(word.carried for word in words)])
    begins = np.cumsum([0, *(len(word.carried) for word in words)], dtype=np.int64)[:-1]
    told = _each_once(np.concatenate([carried, pairs[pairs >= 0] + _OF_PAIRS]))
    families = tuple(np.searchsorted(told, _FAMILIES).tolist())
    return Features(told % BINS, families, tokens, carried % BINS, begins, pairs)


def written_number(key: str) -> int:
    """The number of a word as it is written, from its spelling key; always in the upper half."""
    return _HALF + _hash("u", key)


def _each_once(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers rising and each once: what numpy's `unique` gives, for few numbers five times as fast."""
    rising = np.sort(numbers)
    is_new = np.concatenate([_FIRST[: rising.size], rising[1:] != rising[:-1]])
    return np.asarray(rising[is_new], dtype=np.int64)


def _scale(values: NDArray[np.float64], weight: float) -> None:
    """Give a family the length of its weight."""
    if length := math.sqrt(values @ values):
        values *= weight / length


def _pairs(tokens: Sequence[Token], words: Sequence[_Word]) -> list[int]:
    """The number of each word with the one before it in its sentence."""
    numbers = [-1] * len(tokens)
    for index, (before, token) in enumerate(pairwise(tokens), start=1):
        if before.sentence == token.sentence:
            numbers[index] = _hash("p", f"{words[index - 1].shape} {words[index].shape}")
    return numbers


@lru_cache(maxsize=8192)
def _word(key: str) -> _Word:
    shape = _shape(key)
    letters = (_OF_LETTERS + number for number in _letters(key))
    carried = (_hash("w", shape), *letters, _OF_WRITTEN + written_number(key))
    return _Word(shape, np.array(carried, dtype=np.int64))


def _shape(key: str) -> str:
    """A word, by its spelling key, as it sounds without its ending; a number is a number."""
    return f"#{len(key)}" if key.isdigit() else stem_sound(key) or key


def _letters(key: str) -> tuple[int, ...]:
    """The groups of letters of a word as it sounds, by its spelling key; a number has none."""
    if key.isdigit():
        return ()
    padded = f"^{sound(key)}$"
    if not padded.isascii():
        return tuple([_hash("c", gram) for gram in _grams(padded)])
    written = padded.encode("ascii")  # its bytes are its letters: groups are cut from them as they are hashed
    return tuple([crc32(gram, _LETTERS_BEGUN) % _HALF for gram in _grams(written)])


def _grams(padded: AnyStr) -> list[AnyStr]:
    return [
        padded[start : start + length]
        for length in range(_SHORTEST, _LONGEST + 1)
        for start in range(len(padded) - length + 1)
    ]


def _hash(family: str, feature: str) -> int:
    return crc32(f"{family}:{feature}".encode("utf-8", "surrogatepass")) % _HALF


_FIRST = np.array([True])
_NOTHING = np.array([], dtype=np.int64)
_LETTERS_BEGUN = crc32(b"c:")  # the hash of a group of letters goes on from here
