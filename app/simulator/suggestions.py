"""Messages to try on the handset; the data is in suggestions.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text to try and its language (`fr`, `bm`, `en`)."""

    language: str
    text: str


def suggestions(code: str) -> list[Suggestion]:
    """All of them, with the receipt code last received where one is asked for."""
    return [Suggestion(each["language"], each["text"].replace("{code}", code).strip()) for each in _data()]


@cache
def _data() -> list[dict[str, str]]:
    source = resources.files("app.simulator").joinpath("suggestions.toml").read_text("utf-8")
    found: list[dict[str, str]] = tomllib.loads(source)["suggestion"]
    return found
