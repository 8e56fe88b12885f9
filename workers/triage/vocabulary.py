"""Reads the data files of `workers/vocabularies`."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

from workers.triage.folding import fold
from workers.triage.reading import spelling_key


def read_toml(name: str) -> dict[str, Any]:
    """The contents of `workers/vocabularies/<name>.toml`."""
    source = resources.files("workers.vocabularies").joinpath(f"{name}.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def listed(listing: str) -> tuple[str, ...]:
    """The members of a list written as words between spaces, `_` joining the words of a phrase."""
    return tuple(member.replace("_", " ") for member in listing.split())


def keys(listing: str) -> frozenset[str]:
    """The spelling keys of the words in a list."""
    return frozenset(spelling_key(fold(word)) for word in listing.replace("'", " ").split())


def classes(name: str) -> dict[str, tuple[str, ...]]:
    """The classes of words in a data file, each with its members."""
    return {title: listed(members) for title, members in read_toml(name).items()}
