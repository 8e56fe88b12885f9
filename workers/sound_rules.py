"""Rules that turn a spelling into what it sounds like, asked only where a letter of theirs stands."""

from __future__ import annotations

import re
from collections.abc import Iterable


class SoundRules:
    """Replacements in a fixed order; most meet no letter of theirs in most words, and are passed over then.

    `rules` are the letters of a rule (None: it is always asked), its expression, and the sound that is put there.
    """

    __slots__ = ("rules",)

    def __init__(self, rules: Iterable[tuple[str | None, str, str]]) -> None:
        """Each rule with the letters of which one stands in whatever it matches."""
        self.rules = tuple(
            (frozenset(letters) if letters else None, re.compile(written), sound)
            for letters, written, sound in rules
        )

    def heard(self, key: str) -> str:
        """What is left of a spelling when all the rules have been asked."""
        for letters, written, sound in self.rules:
            if letters is None or not letters.isdisjoint(key):
                key = written.sub(sound, key)
        return key
