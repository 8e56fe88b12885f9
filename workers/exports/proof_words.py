"""The words of proof.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

LANGUAGES = ("fr", "en")


def words(section: str, language: str) -> Mapping[str, str]:
    """The sentences of a section ("readme", "levels", "verify") in French or English; French for any other."""
    found = _all()[section]
    return found.get(language, found[LANGUAGES[0]])


@cache
def _all() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return tomllib.loads(resources.files("workers.exports").joinpath("proof.toml").read_text("utf-8"))
