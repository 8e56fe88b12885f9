"""The words of time from workers/vocabularies/dates.toml, as pieces of regular expressions and as numbers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class TimeWords:
    """Folded phrases of time and what they count: days back, weekdays from Monday 0, months, units…"""

    days: Mapping[str, int]
    weekdays: Mapping[str, int]
    months: Mapping[str, int]
    units: Mapping[str, str]
    numbers: Mapping[str, int]
    night: tuple[str, ...]
    now: tuple[str, ...]
    parts_of_today: tuple[str, ...]
    bambara_today: tuple[str, ...]
    bambara_beside: frozenset[str]
    bambara_units: Mapping[str, str]
    bambara_numbers: Mapping[str, int]
    words: Mapping[str, tuple[str, ...]]


@cache
def time_tables() -> Mapping[str, Any]:
    """The tables of the vocabulary as they are written, read once."""
    text = files("workers.vocabularies").joinpath("dates.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def time_words() -> TimeWords:
    """The vocabulary that ships with the project, read once."""
    tables = time_tables()
    return TimeWords(
        days=_numbered(tables["days"]),
        weekdays=_numbered(tables["weekdays"]),
        months=_numbered(tables["months"]),
        units={word: unit for unit, words in tables["units"].items() for word in words},
        numbers=_numbered(tables["numbers"]),
        night=tuple(tables["night"]["words"]),
        now=tuple(tables["now"]["words"]),
        parts_of_today=tuple(tables["parts_of_today"]["words"]),
        bambara_today=tuple(tables["bambara"]["today"]),
        bambara_beside=frozenset(tables["bambara"]["beside"]),
        bambara_units=tables["bambara_units"],
        bambara_numbers=tables["bambara_numbers"],
        words={kind: tuple(phrases) for kind, phrases in tables["words"].items()},
    )


def any_of(phrases: Iterable[str]) -> str:
    """An expression for any of the phrases, longest first; a space matches hyphens and apostrophes too."""
    ordered = sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))
    return "(?:" + "|".join(re.escape(each).replace(r"\ ", r"[ '\-]{1,3}") for each in ordered) + ")"


_LETTERS = re.compile(r"[^\W\d_]+")


def runs_of_letters(folded: str) -> frozenset[str]:
    """The runs of letters of a folded text: a few look-ups in them tell which expressions can't stand there."""
    return frozenset(_LETTERS.findall(folded))


def telling_runs(phrases: Iterable[str]) -> frozenset[str]:
    """The longest run of letters of each phrase: one of them stands wherever `any_of` the phrases does.

    Raises `ValueError` for a phrase without letters, which nothing would announce.
    """
    runs = [_LETTERS.findall(phrase) for phrase in phrases]
    if not all(runs):
        raise ValueError("a phrase of time has no letters")
    return frozenset(max(found, key=len) for found in runs)


def plain(found: str) -> str:
    """What was matched by `any_of`, as the phrase stands in the vocabulary."""
    return re.sub(r"[ '\-]+", " ", found).strip()


def _numbered(table: Mapping[str, Any]) -> dict[str, int]:
    return {word: int(number) for number, words in table.items() for word in words}
