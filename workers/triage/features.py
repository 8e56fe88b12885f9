"""Turns a text into numbered features for the linear model: words, pairs of words and groups of letters as they sound.

A feature's number is a stable hash (CRC-32) of it, so that no list of features has to be kept. Words as they are
written have the upper half of the numbers to themselves: what is known of their meaning is kept there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
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
_SCALES = np.array(_WEIGHTS)
# While they are gathered, a feature's number carries its family, so that one sort does for all families.
_KINDS = len(_WEIGHTS)
_OF_STEMS, _OF_PAIRS, _OF_LETTERS, _OF_WRITTEN = range(_KINDS)


@dataclass(frozen=True, slots=True)
class Features:
    """The features of a text: `numbers`, rising, with the family of each in `families`; within a family each is once.

    The places in `numbers` from a word's place in `begins` up to the next word's in `carried` are of its own features,
    `paired` are the words (by their place among `words`) that stand in a sentence with one before them, and `pairs` the
    places in `numbers` of these pairs.
    """

    numbers: NDArray[np.int64]
    families: NDArray[np.int64]
    words: tuple[Token, ...]
    carried: NDArray[np.int64]
    begins: NDArray[np.int64]
    paired: NDArray[np.int64]
    pairs: NDArray[np.int64]

    def values(self, rarity: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each of `numbers` counts for: its rarity, scaled so that every family has the length of its weight."""
        values = rarity.take(self.numbers)
        squares = np.bincount(self.families, values * values, _KINDS)
        squares[squares == 0] = 1
        return np.asarray(values * (_SCALES / np.sqrt(squares)).take(self.families), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Word:
    """What a word carries wherever it stands: how it sounds without its ending, and its numbers.

    `carried` are those of its stem, of its letters and of the word as it is written, each with its family.
    """

    shape: str
    carried: NDArray[np.int64]


def features(text: str | Reading | Features) -> Features:
    """The features of `text`, which may have been found before; nothing beyond the first 600 words is read."""
    if isinstance(text, Features):
        return text
    tokens = read(text).tokens[:_MOST_TOKENS]
    words = [_word(token.key) for token in tokens]
    paired, pairs = _pairs(tokens, words)
    own = [word.carried for word in words]
    told, places = _each_once(np.concatenate((_NOTHING, *own, pairs)))
    begins = np.array([0, *accumulate(map(len, own))], dtype=np.int64)
    end = begins[-1]
    return Features(told // _KINDS, told % _KINDS, tokens, places[:end], begins[:-1], paired, places[end:])


def written_number(key: str) -> int:
    """The number of a word as it is written, from its spelling key; always in the upper half."""
    return _HALF + _hash("u", key)


def is_first(rising: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of some rising numbers is another than the one before it."""
    return np.concatenate((_FIRST[: rising.size], rising[1:] != rising[:-1]))


def _each_once(numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The numbers rising and each once, and for each number its place there: numpy's `unique`, for few numbers."""
    order = numbers.argsort()
    rising = numbers.take(order)
    is_new = is_first(rising)
    places = np.empty_like(order)
    places[order] = is_new.cumsum() - 1
    return rising[is_new], places


def _pairs(tokens: Sequence[Token], words: Sequence[_Word]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The words with one before them in their sentence, and the number of each with it."""
    paired = [at for at in range(1, len(tokens)) if tokens[at - 1].sentence == tokens[at].sentence]
    numbers = [_hash("p", f"{words[at - 1].shape} {words[at].shape}") * _KINDS + _OF_PAIRS for at in paired]
    return np.array(paired, dtype=np.int64), np.array(numbers, dtype=np.int64)


@lru_cache(maxsize=8192)
def _word(key: str) -> _Word:
    shape = _shape(key)
    letters = [number * _KINDS + _OF_LETTERS for number in _letters(key)]
    stem, written = _hash("w", shape) * _KINDS + _OF_STEMS, written_number(key) * _KINDS + _OF_WRITTEN
    return _Word(shape, np.array([stem, *letters, written], dtype=np.int64))


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
