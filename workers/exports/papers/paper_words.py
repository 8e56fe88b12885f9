"""The headings of papers by language, as words.toml beside this module has them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

FALLBACK = "fr"


@cache
def paper_words(language: str) -> Mapping[str, str]:
    """All headings in `fr` or `en`; in French for any other language."""
    text = resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8")
    by_language: Mapping[str, Mapping[str, str]] = tomllib.loads(text)
    return by_language.get(language, by_language[FALLBACK])
