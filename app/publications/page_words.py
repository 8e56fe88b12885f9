"""The words of figures as templates ask for them: where French stands in for a language, the page marks it as French.

Elsewhere (pictures, papers, open data) the same words come unmarked from labels.py.
"""

from __future__ import annotations

from app.catalogues import marked
from app.languages import page_language
from app.publications import drawing, labels
from app.publications.periods import Period, is_spoken


def label(dimension: str, code: str, language: str) -> str:
    """A code of a dimension."""
    return _told(labels.label(dimension, code, language), is_own=labels.has_words(dimension, code, language))


def heading(table: str, language: str) -> str:
    """What a table is called."""
    return label("table", table, language)


def dimension(code: str, language: str) -> str:
    """What a dimension is called, above its column; nothing for a table that has none."""
    return label("dimension", code, language) if code else ""


def column(dimension_code: str, code: str, language: str) -> str:
    """The heading of a column of figures."""
    return label(dimension_code, code, language) if dimension_code else word("count", language)


def word(code: str, language: str) -> str:
    """One of the words that every table has."""
    return _told(labels.words(code, language), is_own=labels.has_words("word", code, language))


def picture(name: str, language: str) -> str:
    """What a picture is called."""
    return word("map", language) if name == drawing.MAP else heading(name, language)


def period(code: str) -> str:
    """A period by its code, in the page's language."""
    language, found = page_language(), Period.parse(code)
    return _told(found.label(language), is_own=is_spoken(language))


def _told(words: str, *, is_own: bool) -> str:
    return words if is_own else marked(words)
