"""Cases out of the database as plain columns, a batch at a time, so that memory stays the same however many there are.

Python does little for each single value: what a batch holds is handed on column by column.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Row, func
from sqlalchemy.orm import Session

from app.models import Case
from workers.exports.statements import PARTS, Part, Statement, cases

AT_ONCE = 2000  # cases, with all that belongs to them in memory
_COUNTED_AT_ONCE = 20_000  # each is one parameter of a statement, and SQLite takes 32,766
_LEFT_OUT = 0.5  # of as many as are wanted: to read these too takes less than to name all
Facts = Row[*tuple[Any, ...]]
Columns = Mapping[str, Sequence[Any]]  # by name; all of the same length


@dataclass(frozen=True, slots=True)
class Batch:
    """Some cases: their own columns by name, and the rows of each part that was asked for, by the case's number.

    `places` says where each case stands in the whole list that was asked for.
    """

    places: Sequence[int]
    own: Columns
    parts: Mapping[Part, Mapping[int, Sequence[Facts]]]

    @property
    def numbers(self) -> Sequence[int]:
        """The cases' numbers."""
        return self.own["number"]

    def of(self, part: Part) -> list[Sequence[Facts]]:
        """The rows of a part, case by case, in a fixed order."""
        rows = self.parts[part]
        return [rows.get(number, ()) for number in self.numbers]


def read_cases(session: Session, numbers: Sequence[int], parts: frozenset[Part]) -> Iterator[Batch]:
    """Cases in batches, in the order of their numbers as given; cases that are gone are left out."""
    statement, others = cases(Part.TEXT in parts), parts - {Part.TEXT}
    names = _names(statement)
    for batch, some in enumerate(in_batches(numbers)):
        own = {row[0]: row for row in _rows(session, statement, some)}
        there = [at for at, number in enumerate(some) if number in own]
        rows = [own[some[at]] for at in there]
        grouped = {part: _grouped(session, part, some) for part in others}
        yield Batch([batch * AT_ONCE + at for at in there], _columns(names, rows), grouped)


def read_part(session: Session, numbers: Sequence[int], part: Part) -> Iterator[Columns]:
    """The rows of one part as columns, in batches, in the order of the cases' numbers as given."""
    names = _names(PARTS[part]())
    return (_columns(names, rows) for rows in _part(session, numbers, part))


def read_part_rows(session: Session, numbers: Sequence[int], part: Part) -> Iterator[Facts]:
    """The same as rows."""
    return chain.from_iterable(_part(session, numbers, part))


def _part(session: Session, numbers: Sequence[int], part: Part) -> Iterator[Sequence[Facts]]:
    for some in in_batches(numbers):
        grouped = _grouped(session, part, some)
        yield list(chain.from_iterable(grouped[number] for number in some if number in grouped))


def count_of(session: Session, numbers: Sequence[int], part: Part) -> int:
    """How many rows of a part these cases have together."""
    counting = PARTS[part]().with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    counts = (
        session.connection().scalar(counting.where(_are_just(some)))
        for some in in_batches(numbers, _COUNTED_AT_ONCE)
    )
    return sum(count or 0 for count in counts)


def in_batches(numbers: Sequence[int], at_once: int = AT_ONCE) -> Iterator[Sequence[int]]:
    """As many at once as one statement takes."""
    for start in range(0, len(numbers), at_once):
        yield numbers[start : start + at_once]


def _names(statement: Statement) -> Sequence[str]:
    return [str(column.key) for column in statement.selected_columns]


def _columns(names: Sequence[str], rows: Sequence[Facts]) -> Columns:
    columns: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return dict(zip(names, columns, strict=True))


def _grouped(session: Session, part: Part, numbers: Sequence[int]) -> Mapping[int, Sequence[Facts]]:
    """Rows by case."""
    rows: defaultdict[int, list[Facts]] = defaultdict(list)
    for row in _rows(session, PARTS[part](), numbers):
        rows[row[0]].append(row)
    return rows


def _rows(session: Session, statement: Statement, numbers: Sequence[int]) -> Sequence[Facts]:
    """Rows straight from the driver: what the session adds for objects takes a third of the time."""
    return session.connection().execute(statement.where(_are(numbers))).all()


def _are(numbers: Sequence[int]) -> ColumnElement[bool]:
    """The condition on cases to be these, or, where few between the first and the last are others, to lie there:
    whoever asks leaves out the others.
    """
    if _lie_close(numbers):
        return Case.number.between(min(numbers), max(numbers))
    return Case.number.in_(numbers)


def _are_just(numbers: Sequence[int]) -> ColumnElement[bool]:
    """The condition on cases to be these and no others, naming as few of them as it can."""
    if not _lie_close(numbers):
        return Case.number.in_(numbers)
    first, last = min(numbers), max(numbers)
    others = set(range(first, last)).difference(numbers)
    return Case.number.between(first, last) & Case.number.not_in(sorted(others))


def _lie_close(numbers: Sequence[int]) -> bool:
    return max(numbers) - min(numbers) < len(numbers) * (1 + _LEFT_OUT)
