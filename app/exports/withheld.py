"""Why something did not go out, in words: withheld.toml beside this module."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

_FALLBACK = "fr"


@cache
def reasons() -> Mapping[str, Mapping[str, str]]:
    """The words of each reason by language, in the order of lists."""
    text = resources.files(__package__).joinpath("withheld.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def reason_in_words(reason: str, language: str) -> str:
    """One reason in `fr` or `en`, in French for any other language. Raises KeyError for one that there isn't."""
    words = reasons()[reason]
    return words.get(language, words[_FALLBACK])
