"""Cases out of the database as plain columns, a batch at a time, so that memory stays the same however many there are.

Python does little for each single value: what a batch holds is handed on column by column.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from operator import lt
from typing import Any

from sqlalchemy import Connection, func
from sqlalchemy.orm import Session

from workers.exports.among import about, in_batches, just, plans, roughly
from workers.exports.flowing import Flow
from workers.exports.statement_columns import Facts, Statement
from workers.exports.statements import PARTS, Part, cases
from workers.exports.text_digests import teach_digests

AT_ONCE = 2000  # cases, with all that belongs to them in memory
_OWN = frozenset({Part.TEXT, Part.ACCOUNT})  # parts that are columns of the cases themselves
RowsOf = Callable[[Sequence[int]], Sequence[Facts]]  # of a batch of cases
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
    statement, others = cases(parts), parts - _OWN
    names = _names(statement)
    with ExitStack() as opened:
        own_rows = opened.enter_context(_reading(session, numbers, statement))
        read = {part: opened.enter_context(_reading(session, numbers, PARTS[part]())) for part in others}
        for batch, some in enumerate(in_batches(numbers, AT_ONCE)):
            own = {row[0]: row for row in own_rows(some)}
            there = [at for at, number in enumerate(some) if number in own]
            rows = [own[some[at]] for at in there]
            grouped = {part: _grouped(rows_of(some)) for part, rows_of in read.items()}
            yield Batch([batch * AT_ONCE + at for at in there], _columns(names, rows), grouped)


def read_part(session: Session, numbers: Sequence[int], part: Part) -> Iterator[Columns]:
    """The rows of one part as columns, in batches, in the order of the cases' numbers as given."""
    names = _names(PARTS[part]())
    return (_columns(names, rows) for rows in _part(session, numbers, part))


def read_part_rows(session: Session, numbers: Sequence[int], part: Part) -> Iterator[Facts]:
    """The same as rows."""
    return chain.from_iterable(_part(session, numbers, part))


def _part(session: Session, numbers: Sequence[int], part: Part) -> Iterator[Sequence[Facts]]:
    with _reading(session, numbers, PARTS[part]()) as rows_of:
        yield from map(rows_of, in_batches(numbers, AT_ONCE))


def count_of(session: Session, numbers: Sequence[int], part: Part) -> int:
    """How many rows of a part these cases have together."""
    counting = PARTS[part]().with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    return sum(count for (count,) in about(session, numbers, counting))


def _names(statement: Statement) -> Sequence[str]:
    return [str(column.key) for column in statement.selected_columns]


def _columns(names: Sequence[str], rows: Sequence[Facts]) -> Columns:
    columns: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return dict(zip(names, columns, strict=True))


def _grouped(rows: Iterable[Facts]) -> Mapping[int, Sequence[Facts]]:
    """Rows by case."""
    grouped: defaultdict[int, list[Facts]] = defaultdict(list)
    for row in rows:
        grouped[row[0]].append(row)
    return grouped


@contextmanager
def _reading(session: Session, numbers: Sequence[int], statement: Statement) -> Iterator[RowsOf]:
    """What gives the rows of each batch of these cases in turn, in the order of the numbers as given.

    Rows come straight from the driver: what the session adds for objects takes a third of the time.
    """
    connection = session.connection()
    teach_digests(connection)
    if not _flows(connection, numbers):
        yield lambda some: _in_order(connection.execute(statement.where(roughly(connection, some))), some)
        return
    flow = Flow(session, statement.where(just(connection, numbers)))
    try:
        yield lambda some: flow.upto(some[-1])
    finally:
        flow.close()


def _flows(connection: Connection, numbers: Sequence[int]) -> bool:
    """Whether one statement for all batches takes less than one for each."""
    return plans(connection) and len(numbers) > AT_ONCE and all(map(lt, numbers, islice(numbers, 1, None)))


def _in_order(rows: Iterable[Facts], numbers: Sequence[int]) -> list[Facts]:
    """The rows of these cases, and of no others, in the order of the numbers as given."""
    grouped = _grouped(rows)
    return list(chain.from_iterable(grouped[number] for number in numbers if number in grouped))
