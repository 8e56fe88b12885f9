"""Gates: a cheap look at a text for what stands in everything that a costly pattern can match.

A gate that shuts too much would leave a name or a number in a text without anybody noticing. So every gate of a whole
text is a `Gate`: the tests open them all at once, and hold that nothing more is found then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

# The letters beside capitals that `re.IGNORECASE` takes for letters of the alphabet.
_OTHERWISE_WRITTEN = str.maketrans("İıſ\u212a", "iisk")
_DIGIT = re.compile(r"\d").search


def small(text: str) -> str:
    """The text with all its letters small, as a pattern that takes capitals for small letters sees it."""
    if "İ" in text or "ı" in text or "ſ" in text or "\u212a" in text:
        text = text.translate(_OTHERWISE_WRITTEN)
    return text.lower()


class Gate:
    """Says of a text whether it is worth asking for what lies behind; shut only where nothing can be found there."""

    __slots__ = ("_stands",)

    def __init__(self, stands: Callable[[str], bool]) -> None:
        """`stands` tells whether the signs stand in a text."""
        self._stands = stands

    @classmethod
    def on(cls, sign: str) -> Gate:
        """A gate that a regular expression in small letters opens, capitals or not.

        Not by `re.IGNORECASE`: without it a search passes over what no sign begins with.
        """
        search = re.compile(sign).search
        return cls(lambda text: search(small(text)) is not None)

    @classmethod
    def on_digit(cls, *words: str) -> Gate:
        """A gate that any digit opens, or any of these words, in small letters, even within others."""
        return cls(lambda text: _DIGIT(text) is not None or (bool(words) and _holds(small(text), words)))

    def is_open(self, text: str) -> bool:
        """Whether something may be found in `text`."""
        return self._stands(text)


def _holds(text: str, words: Sequence[str]) -> bool:
    return any(word in text for word in words)
