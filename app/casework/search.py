"""Finding cases by words of their anonymised text, or by their reference."""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, or_

from app.folding import fold
from app.models import Case

MOST_WORDS = 8
_REFERENCE = re.compile(r"(?:s-)?0*([0-9]{1,9})")


def holds_every_word(query: str) -> list[ColumnElement[bool]]:
    """One condition for each word typed: it is in the text, or it is the case's reference."""
    words = fold(query.replace("\x00", " ")).split()
    return [_holds(word) for word in words[:MOST_WORDS]]


def _holds(word: str) -> ColumnElement[bool]:
    in_text = Case.search_text.contains(word, autoescape=True)
    reference = _REFERENCE.fullmatch(word)
    return or_(in_text, Case.number == int(reference[1])) if reference else in_text
