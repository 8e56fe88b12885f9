"""Questions to begin from, per language. The data is in question_templates.toml; another language is another key."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

_FALLBACK = "fr"


@dataclass(frozen=True, slots=True)
class Starter:
    """A question as it would go out, and as the colleague who chooses it reads it."""

    text: str
    meaning: str


def starters(language: str, page_language: str) -> list[Starter]:
    """The questions in the reporter's language (French where it has none), with their meaning for the colleague."""
    return [
        Starter(each.get(language, each[_FALLBACK]), each.get(page_language, each[_FALLBACK]))
        for each in _data()
    ]


@cache
def _data() -> list[dict[str, str]]:
    text = resources.files("app.casework").joinpath("question_templates.toml").read_text("utf-8")
    questions: list[dict[str, str]] = tomllib.loads(text)["questions"]
    return questions
