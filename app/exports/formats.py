"""The kinds of file that an export can be, as formats.toml beside this module has them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from app.exports.levels import Level

_FALLBACK = "fr"


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A kind of file. `kinds` are those of an export that it can hold, `row_limit` the most rows, None for any number.

    `extension` (without a dot) and `media_type` are those of the main file within the package.
    """

    code: str
    labels: Mapping[str, str]
    descriptions: Mapping[str, str]
    extension: str
    media_type: str
    kinds: frozenset[str]
    levels: frozenset[Level]
    row_limit: int | None

    def label(self, language: str) -> str:
        """What it is called in `fr` or `en`; in French for any other language."""
        return self.labels.get(language, self.labels[_FALLBACK])

    def description(self, language: str) -> str:
        """What it is good for, in `fr` or `en`; in French for any other language."""
        return self.descriptions.get(language, self.descriptions[_FALLBACK])

    def takes(self, rows: int) -> bool:
        """Whether so many rows fit."""
        return self.row_limit is None or rows <= self.row_limit


@cache
def formats() -> Mapping[str, ExportFormat]:
    """All kinds of file by code, in the order of lists."""
    text = resources.files(__package__).joinpath("formats.toml").read_text(encoding="utf-8")
    return MappingProxyType({code: _format(code, entry) for code, entry in tomllib.loads(text).items()})


def formats_for(kind: str, level: Level) -> tuple[ExportFormat, ...]:
    """Those in which an export of this kind may go out at this level, in the order of lists."""
    return tuple(each for each in formats().values() if kind in each.kinds and level in each.levels)


def _format(code: str, entry: Mapping[str, Any]) -> ExportFormat:
    return ExportFormat(
        code=code,
        labels=MappingProxyType(dict(entry["label"])),
        descriptions=MappingProxyType(dict(entry["description"])),
        extension=entry["extension"],
        media_type=entry["media_type"],
        kinds=frozenset(entry["kinds"]),
        levels=frozenset(Level(each) for each in entry["levels"]),
        row_limit=entry.get("row_limit"),
    )
