"""Deleting a row with everything that refers to it, and what that touches found through the foreign keys.

So a table that is added later goes along. What refers to it but isn't part of it is let go of instead (`_LET_GO`).
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Iterator

from sqlalchemy import Column, Table, delete, select, update
from sqlalchemy.orm import Session

from app.database import Base

# Known again by their digest long after what they brought is gone, or about a colleague's own phone; and the register
# of exports, which says for ever what left the house.
_LET_GO = frozenset(
    {
        ("arrival", "message_id"),
        ("notice_phone", "message_id"),
        ("person", "finding_id"),
        ("export_record", "case_id"),
    }
)
_AT_ONCE = 500
Ids = set[uuid.UUID]


def erase(session: Session, table: str, ids: Collection[uuid.UUID]) -> Counter[str]:
    """Delete rows of a table and all that belongs to them; how many of each table."""
    session.flush()
    found: dict[str, Ids] = {}
    _gather(session, Base.metadata.tables[table], set(ids), found)
    _let_go(session, found)
    deleted: Counter[str] = Counter()
    for each in reversed(Base.metadata.sorted_tables):
        for some in _parts(found.get(each.name, set())):
            session.execute(delete(each).where(_key(each).in_(some)))
        deleted[each.name] = len(found.get(each.name, set()))
    session.expire_all()
    return +deleted


def _gather(session: Session, table: Table, ids: Ids, found: dict[str, Ids]) -> None:
    new = ids - found.setdefault(table.name, set())
    if not new:
        return
    found[table.name] |= new
    for column in _references_to(table):
        if not _is_let_go(column):
            _gather(session, column.table, _referring(session, column, new), found)


def _referring(session: Session, column: Column[uuid.UUID], ids: Ids) -> Ids:
    key = _key(column.table)
    return {each for some in _parts(ids) for each in session.scalars(select(key).where(column.in_(some)))}


def _let_go(session: Session, found: dict[str, Ids]) -> None:
    for name, ids in found.items():
        for column in filter(_is_let_go, _references_to(Base.metadata.tables[name])):
            for some in _parts(ids):
                session.execute(update(column.table).where(column.in_(some)).values({column: None}))


def _is_let_go(column: Column[uuid.UUID]) -> bool:
    """A row that refers to its own kind, such as an answer to its question, is another's too."""
    is_own_kind = any(key.column.table is column.table for key in column.foreign_keys)
    return is_own_kind or (column.table.name, column.name) in _LET_GO


def _references_to(table: Table) -> Iterator[Column[uuid.UUID]]:
    for other in Base.metadata.sorted_tables:
        yield from (key.parent for key in other.foreign_keys if key.column.table is table)


def _key(table: Table) -> Column[uuid.UUID]:
    return next(iter(table.primary_key.columns))


def _parts(ids: Collection[uuid.UUID]) -> Iterator[list[uuid.UUID]]:
    """SQLite takes so many values in a statement."""
    listed = list(ids)
    yield from (listed[start : start + _AT_ONCE] for start in range(0, len(listed), _AT_ONCE))
