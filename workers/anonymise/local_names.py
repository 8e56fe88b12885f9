"""Words that one installation's people added to the lists, or took from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workers.anonymise.phonetics import fold


@dataclass(frozen=True, slots=True)
class LocalNames:
    """Folded words: names beside those of the lists, and words that neither list nor tagger makes a name of."""

    names: frozenset[str] = frozenset()
    not_names: frozenset[str] = frozenset()

    @classmethod
    def folded(cls, names: Iterable[str], not_names: Iterable[str]) -> LocalNames:
        """Fold the words as the words of a text are folded; a word said to be both stays a name."""
        kept = frozenset(_letters(name) for name in names)
        return cls(kept, frozenset(_letters(name) for name in not_names) - kept)


def _letters(word: str) -> str:
    return "".join(letter for letter in fold(word) if letter.isalpha())


NO_LOCAL_NAMES = LocalNames()
