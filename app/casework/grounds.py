"""Grounds that people choose from before they go further than usual: codes, with their words in several languages."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources

from app.languages import page_language

FALLBACK = "fr"
Grounds = Mapping[str, Mapping[str, str]]


def read_grounds(package: str, name: str) -> Grounds:
    """The grounds that a TOML file of a package lists."""
    source = resources.files(package).joinpath(name).read_text(encoding="utf-8")
    found: Grounds = tomllib.loads(source)["grounds"]
    return found


def in_words(grounds: Grounds, code: str) -> str:
    """A ground in the language of the page; the code itself for one that is no longer in the list."""
    words = grounds.get(code, {})
    return words.get(page_language()) or words.get(FALLBACK) or code
