"""The vocabularies of a case's record and verification, as record.toml beside this module has them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

_FALLBACK = "fr"


@dataclass(frozen=True, slots=True)
class Entry:
    """One word of a vocabulary. `needs` are the answers that settle it, of a point of the checklist."""

    code: str
    labels: Mapping[str, str]
    needs: frozenset[str] = frozenset()

    def label(self, language: str) -> str:
        """What it is called in `fr` or `en`; in French for any other language."""
        return self.labels.get(language[:2].lower(), self.labels[_FALLBACK])


@cache
def vocabulary(name: str) -> Mapping[str, Entry]:
    """A vocabulary by code, in the order of lists. Raises KeyError for one that there isn't."""
    return MappingProxyType({code: _entry(code, row) for code, row in _read()[name].items()})


def _entry(code: str, row: Mapping[str, Any]) -> Entry:
    labels = {language: str(label) for language, label in row.items() if isinstance(label, str)}
    return Entry(code, MappingProxyType(labels), frozenset(row.get("needs", ())))


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("record.toml").read_text(encoding="utf-8"))
