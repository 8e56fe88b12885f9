"""Codes of figures in words, without a request: of labels.toml beside this module and of the reference data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from app.publications.periods import is_spoken, month_label
from app.reference import geography
from app.reference.taxonomy import actor_categories, violations

_FILE = Path(__file__).with_name("labels.toml")
_FALLBACK = "fr"


@cache
def _read() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return tomllib.loads(_FILE.read_text("utf-8"))


def label(dimension: str, code: str, language: str) -> str:
    """A code of a dimension in words; the code itself for one that nobody knows, in French where words are missing."""
    if not code:
        return words("not_known", language)
    if dimension == "month":
        return month_label(code, language)
    if dimension in {"region", "cercle"}:
        return _place(dimension, code)
    if dimension in {"violation", "author"}:
        entry = (violations() if dimension == "violation" else actor_categories()).get(code)
        return entry.label(language) if entry else code
    labels = _read().get(dimension, {}).get(code, {})
    return labels.get(language, labels.get(_FALLBACK, code))


def has_words(dimension: str, code: str, language: str) -> bool:
    """Whether a language has words of its own for a code, so that French need not stand in for them.

    Names of places and codes that nobody knows are the same in all languages.
    """
    if not code:
        return has_words("word", "not_known", language)
    if dimension in {"region", "cercle"}:
        return True
    if dimension == "month":
        return is_spoken(language)
    if dimension in {"violation", "author"}:
        entry = (violations() if dimension == "violation" else actor_categories()).get(code)
        return entry is None or language in entry.labels
    return language in _read().get(dimension, {}).get(code, {language: ""})


def _place(dimension: str, code: str) -> str:
    """A region, or a cercle with the region that it is in."""
    if dimension == "region":
        return geography.region_name(code) or code
    cercle = geography.cercle(code)
    return f"{cercle.name} ({geography.region_name(cercle.region_code)})" if cercle else code


def words(code: str, language: str) -> str:
    """One of the words that every table has."""
    labels = _read()["word"][code]
    return labels.get(language, labels[_FALLBACK])


def heading(table: str, language: str) -> str:
    """What a table is called."""
    return label("table", table, language)


def dimension_name(dimension: str, language: str) -> str:
    """What a dimension is called, above its column."""
    return label("dimension", dimension, language) if dimension else ""


def column_label(dimension: str, code: str, language: str) -> str:
    """The heading of a column of figures."""
    return label(dimension, code, language) if dimension else words("count", language)


def known_tables() -> tuple[str, ...]:
    """The codes of all tables that there are."""
    return tuple(_read()["table"])
