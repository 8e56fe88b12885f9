"""What a merge moved, written down so that it can be put back: ids and codes, never content.

Rows follow a case by whatever refers to it: tables are found through their foreign keys, so one that is added later
follows too.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Row, Table, UniqueConstraint, select, update
from sqlalchemy.orm import Session

from app.database import Base

CASES, ACTS = "casefile", "act"
# What undoes something speaks of the case it was done to; so does what was checked and said to verify it.
_STAYING = frozenset({"case_merge", "bulk_change_item", "verification_check", "verification_step"})


@dataclass(frozen=True, slots=True)
class Step:
    """Rows of one table whose reference was turned from one row to another."""

    table: str
    column: str
    before: uuid.UUID
    after: uuid.UUID
    ids: tuple[uuid.UUID, ...]

    def as_record(self) -> dict[str, Any]:
        """As the merge keeps it."""
        return {
            "table": self.table,
            "column": self.column,
            "before": str(self.before),
            "after": str(self.after),
            "ids": [str(each) for each in self.ids],
        }

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> Step:
        """The step that a merge kept."""
        ids = tuple(uuid.UUID(each) for each in record["ids"])
        before, after = uuid.UUID(record["before"]), uuid.UUID(record["after"])
        return cls(record["table"], record["column"], before, after, ids)


def turn(
    session: Session,
    target: str,
    before: uuid.UUID,
    after: uuid.UUID,
    *,
    but: Collection[uuid.UUID] = (),
) -> list[Step]:
    """Make everything that refers to one row of a table refer to another one of it; what can't or mayn't (`but`) stays.

    What can't: a row that the other has its like of already, where there may be only one, and one that would tie the
    other to itself. Objects of the session are out of date afterwards: the caller expires them.
    """
    session.flush()
    steps = []
    for column in _references_to(target):
        ids = tuple(each for each in _movable(session, column, target, before, after) if each not in set(but))
        if ids:
            steps.append(Step(column.table.name, column.name, before, after, ids))
            _point(session, steps[-1], before, after)
    return steps


def turn_back(session: Session, steps: Sequence[Step]) -> None:
    """Put back what was turned, the last first; a row that went elsewhere since then stays there."""
    session.flush()
    for step in reversed(steps):
        _point(session, step, step.after, step.before)


def _point(session: Session, step: Step, now: uuid.UUID, then: uuid.UUID) -> None:
    table = Base.metadata.tables[step.table]
    column, key = table.c[step.column], _key(table)
    session.execute(update(table).where(key.in_(step.ids), column == now).values({column: then}))


def _references_to(target: str) -> Iterator[Column[Any]]:
    """Every column that refers to a table and isn't its own row's key."""
    for table in Base.metadata.sorted_tables:
        if table.name in _STAYING or len(table.primary_key.columns) != 1:
            continue
        for column in _columns_to(table, target):
            if not column.primary_key:
                yield column


def _columns_to(table: Table, target: str) -> list[Column[Any]]:
    return [key.parent for key in table.foreign_keys if key.column.table.name == target]


def _key(table: Table) -> Column[Any]:
    return next(iter(table.primary_key.columns))


def _movable(
    session: Session, column: Column[Any], target: str, before: uuid.UUID, after: uuid.UUID
) -> list[uuid.UUID]:
    table = column.table
    others = [other for other in _columns_to(table, target) if other is not column]
    uniques = _uniques_with(table, column)
    wanted = {_key(table), column, *others, *(each for unique in uniques for each in unique)}
    rows = session.execute(select(*wanted).where(column == before)).all()
    taken = [_taken(session, column, unique, after) for unique in uniques]
    return [
        _of(row, _key(table))
        for row in rows
        if all(_of(row, other) != after for other in others)
        and not any(_values(row, unique) in there for unique, there in zip(uniques, taken, strict=True))
    ]


def _uniques_with(table: Table, column: Column[Any]) -> list[list[Column[Any]]]:
    """For each rule that allows one row of a kind: the other columns that make the kind."""
    rules = [each.columns for each in table.constraints if isinstance(each, UniqueConstraint)]
    rules += [index.columns for index in table.indexes if index.unique]
    return [[each for each in rule if each is not column] for rule in rules if column.name in rule]


def _taken(
    session: Session, column: Column[Any], unique: Sequence[Column[Any]], after: uuid.UUID
) -> set[tuple[Any, ...]]:
    rows = session.execute(select(column, *unique).where(column == after))
    return {_values(row, unique) for row in rows}


def _values(row: Row[Any], columns: Sequence[Column[Any]]) -> tuple[Any, ...]:
    return tuple(_of(row, column) for column in columns)


def _of(row: Row[Any], column: Column[Any]) -> Any:
    return row._mapping[column]
