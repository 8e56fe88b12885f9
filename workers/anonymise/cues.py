"""Small closed sets of words read from the vocabulary: what announces a place, what joins an enumeration."""

from __future__ import annotations

import tomllib
from functools import cache

from workers.anonymise.lexicon import vocabulary


@cache
def cue_words(section: str, kind: str) -> frozenset[str]:
    """The folded words of one kind."""
    return frozenset(_cues()[section][kind].split())


@cache
def _cues() -> dict[str, dict[str, str]]:
    cues: dict[str, dict[str, str]] = tomllib.loads(vocabulary("cues.toml").read_text(encoding="utf-8"))
    return cues
