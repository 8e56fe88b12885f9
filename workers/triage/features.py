"""Turns a text into numbered features for the linear model: words, pairs of words and groups of letters as they sound.

A feature's number is a stable hash (CRC-32) of it, so that no list of features has to be kept.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from workers.contracts import Span
from workers.triage.reading import Token, read
from workers.triage.sounds import sound, stem_sound

BINS = 2**15
_SHORTEST, _LONGEST = 2, 5
_MOST_TOKENS = 600
_WORD_WEIGHT, _LETTER_WEIGHT = 1.0, 0.7


@dataclass(frozen=True, slots=True)
class Features:
    """The features of a text: their numbers and values, and which of them each word carries."""

    numbers: NDArray[np.int64]
    values: NDArray[np.float64]
    by_word: tuple[tuple[Span, tuple[int, ...]], ...]


def features(text: str) -> Features:
    """The features of `text`, each family scaled to length one; nothing beyond the first 600 words is read."""
    tokens = read(text).tokens[:_MOST_TOKENS]
    words = [_word_features(tokens, index) for index in range(len(tokens))]
    letters = [tuple(_hash("c", gram) for gram in _grams(token)) for token in tokens]
    values: dict[int, float] = {}
    _add(values, {number for listed in words for number in listed}, _WORD_WEIGHT)
    _add(values, {number for listed in letters for number in listed}, _LETTER_WEIGHT)
    by_word = tuple(
        (Span(token.start, token.end), own + more)
        for token, own, more in zip(tokens, words, letters, strict=True)
    )
    numbers = np.fromiter(sorted(values), dtype=np.int64, count=len(values))
    return Features(numbers, np.array([values[number] for number in numbers.tolist()]), by_word)


def _add(values: dict[int, float], numbers: set[int], weight: float) -> None:
    each = weight / math.sqrt(len(numbers)) if numbers else 0.0
    for number in numbers:
        values[number] = values.get(number, 0.0) + each


def _word_features(tokens: tuple[Token, ...], index: int) -> tuple[int, ...]:
    """A word, and with the one before it in its sentence the pair."""
    word = _shape(tokens[index])
    if index == 0 or tokens[index - 1].sentence != tokens[index].sentence:
        return (_hash("w", word),)
    return (_hash("w", word), _hash("p", f"{_shape(tokens[index - 1])} {word}"))


def _shape(token: Token) -> str:
    """A word as it sounds without its ending; a number is a number."""
    return f"#{len(token.key)}" if token.key.isdigit() else stem_sound(token.key) or token.key


def _grams(token: Token) -> Iterator[str]:
    if token.key.isdigit():
        return
    padded = f"^{sound(token.key)}$"
    for length in range(_SHORTEST, _LONGEST + 1):
        for start in range(len(padded) - length + 1):
            yield padded[start : start + length]


def _hash(family: str, feature: str) -> int:
    return crc32(f"{family}:{feature}".encode("utf-8", "surrogatepass")) % BINS
