"""Words that two accounts share and few others hold. Pure; words are compared without case and accents."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

from app.folding import fold

_WORD = re.compile(r"\[[A-Z]+-\d+[^\]\n]*\]|[^\W_]+")
_SHORTEST = 4  # shorter ones say nothing, unless they are numbers
_FEW = 3  # the two accounts themselves, and one more
_SHARE = 0.05


def words_in(text: str) -> frozenset[str]:
    """The telling words of a text: not the small ones, not what stands for something hidden."""
    return frozenset(word for found in _WORD.finditer(text) if (word := _telling(found[0])))


def rare_among(words: Collection[str], texts: Iterable[str]) -> frozenset[str]:
    """Those of some words that at most one text in twenty holds, or three."""
    held: Counter[str] = Counter()
    count = 0
    for text in texts:
        held.update(words_in(text) & set(words))
        count += 1
    most = max(_FEW, count * _SHARE)
    return frozenset(word for word in words if held[word] <= most)


def places_of(text: str, words: Collection[str]) -> list[tuple[int, int]]:
    """Where some words stand in a text: start and end in code points."""
    return [found.span() for found in _WORD.finditer(text) if _telling(found[0]) in words]


def _telling(word: str) -> str:
    if word.startswith("["):
        return ""
    folded = fold(word)
    return folded if len(folded) >= _SHORTEST or folded.isdigit() else ""
