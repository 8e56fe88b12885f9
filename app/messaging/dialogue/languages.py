"""The files of this folder, read once a process."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from app import folding

DEFAULT = "fr"  # what isn't said in a language is said in this one
_LANGUAGE_FILE = re.compile(r"([a-z]{2,3})\.toml")


@cache
def languages() -> tuple[str, ...]:
    """The codes of every language that has a file; French first, the others by their code."""
    names = (entry.name for entry in resources.files(__package__).iterdir())
    codes = (match[1] for name in names if (match := _LANGUAGE_FILE.fullmatch(name)))
    return tuple(sorted(codes, key=lambda code: (code != DEFAULT, code)))


@cache
def read(name: str) -> Mapping[str, Any]:
    """One file of the folder, by its name without the ending."""
    return tomllib.loads(resources.files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))


def words(language: str, section: str, key: str = "words") -> frozenset[str]:
    """A list of words of a language, folded for comparing."""
    return frozenset(fold(word) for word in read(language)[section][key])


def fold(word: str) -> str:
    """Lower case without accents, the special letters of Bambara, or signs around the word."""
    return folding.fold(word.strip(" .!?:;,\"'()«»…-*#’"))
