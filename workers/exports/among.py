"""The condition on cases to be among many, in the way that each database takes it in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, any_, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.models import Case

_NAMED_AT_ONCE = 20_000  # each is one parameter of a statement, and SQLite takes 32,766
_LEFT_OUT = 0.5  # of as many as are wanted: to read these too takes less than to name all


def plans(connection: Connection) -> bool:
    """Whether the database is a server that takes any number of cases at once and finds the best way through them."""
    return connection.dialect.name == "postgresql"


def in_batches(numbers: Sequence[int], at_once: int) -> Iterator[Sequence[int]]:
    """As many at once as are wanted."""
    for start in range(0, len(numbers), at_once):
        yield numbers[start : start + at_once]


def about(session: Session, numbers: Sequence[int], statement: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    """The rows of a statement about these cases and no others, in as many goes as the database needs."""
    connection = session.connection()
    at_once = max(1, len(numbers)) if plans(connection) else _NAMED_AT_ONCE
    for some in in_batches(numbers, at_once):
        yield from connection.execute(statement.where(just(connection, some)))


def just(connection: Connection, numbers: Sequence[int]) -> ColumnElement[bool]:
    """The condition on cases to be these and no others. `numbers` aren't empty."""
    first, last = min(numbers), max(numbers)
    if last - first + 1 == len(numbers):
        return Case.number.between(first, last)
    if plans(connection):
        return Case.number == any_(bindparam(None, list(numbers), type_=ARRAY(Integer)))
    if not _lie_close(numbers):
        return Case.number.in_(numbers)
    others = set(range(first, last)).difference(numbers)
    return Case.number.between(first, last) & Case.number.not_in(sorted(others))


def roughly(connection: Connection, numbers: Sequence[int]) -> ColumnElement[bool]:
    """The same where few others between the first and the last may be among them: whoever asks leaves these out."""
    if _lie_close(numbers):
        return Case.number.between(min(numbers), max(numbers))
    return just(connection, numbers)


def _lie_close(numbers: Sequence[int]) -> bool:
    return max(numbers) - min(numbers) < len(numbers) * (1 + _LEFT_OUT)
