"""Finding cases by words of their anonymised text, or by their reference. The index is app.models.search_index's.

A word's beginning suffices, from two letters on; signs between words mean nothing. Words are cut here into letters
and digits, so that nothing typed can mean anything in the query languages of the databases.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

from sqlalchemy import Boolean, ColumnElement, and_, false, literal, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.folding import fold
from app.models import Case
from app.models.search_index import COLUMN, TABLE

MOST_WORDS = 8
LONGEST_WORD = 60  # letters of it that are looked at; PostgreSQL refuses words of 2 kB
_SHORTEST_BEGINNING = 2  # a single letter begins half of all words: it is taken as the whole word
_REFERENCE = re.compile(r"(?:s-)?0*([0-9]{1,9})")


class has_word(FunctionElement[bool]):  # noqa: N801 - it stands in statements as a function does
    """Whether the index knows a case under a word: `has_word(number, word, ":*" for its beginning)`."""

    inherit_cache = True
    type = Boolean()


@compiles(has_word, "postgresql")
def _in_postgresql(element: has_word, compiler: SQLCompiler, **options: Any) -> str:
    _, word, ending = (compiler.process(each, **options) for each in element.clauses)
    return f"({Case.__tablename__}.{COLUMN} @@ to_tsquery('simple'::regconfig, {word} || {ending}))"


@compiles(has_word, "sqlite")
def _in_sqlite(element: has_word, compiler: SQLCompiler, **options: Any) -> str:
    number, word, ending = (compiler.process(each, **options) for each in element.clauses)
    wanted = f"""'"' || {word} || '"' || CASE {ending} WHEN '' THEN '' ELSE '*' END"""
    return f"({number} IN (SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH {wanted}))"  # noqa: S608 - bound


def holds_every_word(query: str) -> list[ColumnElement[bool]]:
    """One condition for each word typed: it begins a word of the text, or it is the case's reference.

    None for an empty query; what holds no letter or digit finds nothing.
    """
    typed = fold(query.replace("\x00", " ")).split()
    return [_holds(word) for word in typed[:MOST_WORDS]]


def _holds(word: str) -> ColumnElement[bool]:
    parts = words_of(word)
    in_text = and_(*map(_is_there, parts[:MOST_WORDS])) if parts else false()
    reference = _REFERENCE.fullmatch(word)
    return or_(in_text, _is_called(int(reference[1]))) if reference else in_text


def _is_called(number: int) -> ColumnElement[bool]:
    """The case of a number, or the one that it was merged into."""
    merged = aliased(Case)
    following = select(merged.merged_into_id).where(merged.number == number).scalar_subquery()
    return or_(Case.number == number, Case.id == following)


def _is_there(word: str) -> ColumnElement[bool]:
    ending = ":*" if len(word) >= _SHORTEST_BEGINNING else ""
    return has_word(Case.number, literal(word[:LONGEST_WORD]), literal(ending))


def words_of(text: str) -> list[str]:
    """The runs of letters and digits of a text."""
    return ["".join(run) for is_word, run in groupby(text, str.isalnum) if is_word]
