"""Sealing anew what lies under an earlier intake key, after `seere keys rotate-intake`.

It asks the schema, not a list, what could be sealed: every binary column of every table. A value under an earlier key
begins with the version of the format and that key's id, so nothing is forgotten when a column is added.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Table, and_, func, select, tuple_, update
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.database import Base, transaction
from app.sealing import KEY_ID_BYTES, VERSION, key_id, seal_bytes
from workers.opening import CannotOpen, open_sealed_bytes
from workers.processing import Keys

BATCH = 50
_HEAD_BYTES = len(VERSION) + KEY_ID_BYTES


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many values are under the present key now, and how many could not be opened and were left."""

    done: int
    damaged: int


def reseal_intake(keys: Keys) -> Resealed:
    """Put everything under the present intake key; a second run finds nothing. Needs an application context.

    Each batch is a transaction: it may be killed at any time and begun again.
    """
    done = damaged = 0
    for table, column in _binary_columns():
        names = _under_earlier(keys, table, column)
        for start in range(0, len(names), BATCH):
            with transaction() as session:
                found, unopened = _reseal(session, keys, table, column, names[start : start + BATCH])
            done, damaged = done + found, damaged + unopened
    with transaction() as session:
        detail = {"resealed": done, "damaged": damaged}
        audit.record(session, Action.INTAKE_KEY_ROTATED, "installation:1", actor="worker", detail=detail)
    return Resealed(done, damaged)


def _binary_columns() -> Iterator[tuple[Table, ColumnElement[bytes]]]:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, LargeBinary):
                yield table, column


def _is_under_earlier(keys: Keys, column: ColumnElement[bytes]) -> ColumnElement[bool]:
    present = key_id(keys.settings.intake_public_key)
    heads = [VERSION + each for each in keys.workers.private_keys if each != present]
    return func.substr(column, 1, _HEAD_BYTES, type_=LargeBinary()).in_(heads)


def _under_earlier(keys: Keys, table: Table, column: ColumnElement[bytes]) -> Sequence[Any]:
    """The primary keys of the rows to do; only those, since what is sealed may be large."""
    with transaction() as session:
        return session.execute(
            select(*table.primary_key.columns).where(_is_under_earlier(keys, column))
        ).all()


def _reseal(
    session: Session, keys: Keys, table: Table, column: ColumnElement[bytes], names: Sequence[Any]
) -> tuple[int, int]:
    """Seal some rows anew, those of them that are still as they were; how many, and how many don't open."""
    identity = list(table.primary_key.columns)
    wanted = tuple_(*identity).in_([tuple(name) for name in names])
    rows = session.execute(
        select(column, *identity).where(wanted, _is_under_earlier(keys, column)).with_for_update()
    ).all()
    damaged = 0
    for sealed, *name in rows:
        try:
            content = open_sealed_bytes(keys.workers, bytes(sealed))
        except CannotOpen:
            damaged += 1
            continue
        is_row = and_(*(part == value for part, value in zip(identity, name, strict=True)))
        fresh = seal_bytes(content, keys.settings.intake_public_key)
        session.execute(update(table).where(is_row).values({column: fresh}))
    return len(rows) - damaged, damaged
