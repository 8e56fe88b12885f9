"""Whether a text to a phone is harmless to whoever holds that phone: it must tell nothing of what this is about."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

from app.folding import fold

_SHORT = 3  # letters: words as short as this are only compared whole, since they begin too many others


def harmful_words(text: str) -> list[str]:
    """The words in a text that must not be there, as dialogue/harmful.toml begins them; empty when it may be said."""
    folded = fold(text)
    return [word for word, pattern in _patterns() if pattern.search(folded)]


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    data = tomllib.loads(
        resources.files("app.messaging").joinpath("dialogue/harmful.toml").read_text("utf-8")
    )
    words = [fold(word) for part in data.values() for word in part]
    return tuple((word, re.compile(_pattern(word))) for word in words)


def _pattern(word: str) -> str:
    """A word as the beginning of one, whatever spaces or line ends stand inside a phrase."""
    spaced = r"\s+".join(map(re.escape, word.split()))
    return rf"\b{spaced}\b" if len(word) <= _SHORT else rf"\b{spaced}"
