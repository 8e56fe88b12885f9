"""The grounds on which a case goes to justice, as grounds.toml has them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from app.languages import page_language

FALLBACK = "fr"


@cache
def grounds() -> Mapping[str, Mapping[str, str]]:
    """Each ground with its words in several languages."""
    source = resources.files("app.exports.judicial").joinpath("grounds.toml").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, str]] = tomllib.loads(source)["grounds"]
    return found


def judicial_ground(code: str) -> str:
    """A ground in the language of the page; the code itself for one that is no longer in the list."""
    words = grounds().get(code, {})
    return words.get(page_language()) or words.get(FALLBACK) or code
