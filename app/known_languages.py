"""Which languages there are, and how much of what a citizen sees is translated into each. Needs no application."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

SOURCE = "en"  # what the code is written in
FALLBACK = "fr"  # what is shown where a translation is missing
PROGRESS_FILE = "progress.toml"  # in translations/, written by scripts/translations.py


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its name as its speakers write it and in English, and which way it runs."""

    code: str
    name: str
    english: str
    direction: str = "ltr"


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the texts that a citizen sees are translated, and how many of those want a native reader."""

    wanted: int = 0
    translated: int = 0
    unread: int = 0

    @property
    def share(self) -> float:
        """The translated part, 0 to 1."""
        return self.translated / self.wanted if self.wanted else 0.0

    @property
    def percent(self) -> int:
        """The same out of a hundred, rounded down: nothing that lacks a word is called whole."""
        return 100 * self.translated // self.wanted if self.wanted else 0


@cache
def languages() -> Mapping[str, Language]:
    """Every language by its code, in the order in which they are offered."""
    return {code: Language(code, **each) for code, each in _data()["languages"].items()}


def citizen_facing() -> tuple[str, ...]:
    """Beginnings of the paths of source files whose words citizens see."""
    return tuple(_data()["citizen_facing"])


def offered_from() -> float:
    """The share that must be translated before a language is offered on every page."""
    return float(_data()["offered_from"])


def read_progress(translations: Path) -> dict[str, Progress]:
    """What was counted when the catalogues were last brought up to date; nothing where it never was."""
    path = translations / PROGRESS_FILE
    counted = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    return {code: Progress(**counted.get(code, {})) for code in languages()}


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("app").joinpath("languages.toml").read_text("utf-8"))
