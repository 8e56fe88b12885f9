"""Number words of the languages people dictate in, from the vocabulary."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache

from workers.anonymise.lexicon import vocabulary


@cache
def number_words() -> Mapping[str, int]:
    """The value (0–100) of every folded number word."""
    groups = tomllib.loads(vocabulary("number_words.toml").read_text(encoding="utf-8"))
    return {word: value for group in groups.values() for word, value in group.items()}
