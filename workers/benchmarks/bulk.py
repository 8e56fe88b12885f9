"""Rows written as fast as a database takes them: PostgreSQL by COPY, SQLite by one prepared statement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Column, Dialect, Table, insert, text
from sqlalchemy.orm import Session

from app.database import Base

Row = Mapping[str, Any]
Value = Callable[[Row], Any]


_PLAIN_INDEXES = text(
    "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
    "WHERE NOT indisunique AND indrelid = ANY(CAST(:tables AS regclass[]))"
)


@contextmanager
def indexed_at_the_end(session: Session, models: Iterable[type[Base]]) -> Iterator[None]:
    """PostgreSQL: the tables' indexes are made once all rows are there, not kept with every row. Constraints stay."""
    if session.get_bind().dialect.name != "postgresql":
        yield
        return
    found = session.execute(_PLAIN_INDEXES, {"tables": [model.__tablename__ for model in models]})
    definitions = {row[0]: row[1] for row in found}
    session.execute(text(f"DROP INDEX {', '.join(definitions)}"))
    yield
    session.execute(text("SET LOCAL maintenance_work_mem = '256MB'"))
    for definition in definitions.values():
        session.connection().exec_driver_sql(definition)


def write_rows(session: Session, model: type[Base], rows: Sequence[Row]) -> None:
    """Insert rows of one table in the caller's transaction. All name the same columns; the others get the model's
    defaults.
    """
    table = cast("Table", model.__table__)
    if not rows:
        return
    if session.get_bind().dialect.name == "postgresql":
        _copy(session, table, rows)
    else:
        session.connection().execute(insert(table), rows)


def _copy(session: Session, table: Table, rows: Sequence[Row]) -> None:
    connection = session.connection()
    columns = [column for column in table.columns if column.name in rows[0] or column.default is not None]
    values = [_value_of(column, connection.dialect) for column in columns]
    names = ", ".join(f'"{column.name}"' for column in columns)
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([value(row) for value in values])


def _value_of(column: Column[Any], dialect: Dialect) -> Value:
    """How a row gives the value of a column, as the driver takes it."""
    usual, name = _usual(column), column.name
    convert = column.type.dialect_impl(dialect).bind_processor(dialect)
    if convert is None:
        return lambda row: row[name] if name in row else usual()
    return lambda row: convert(row[name] if name in row else usual())


def _usual(column: Column[Any]) -> Callable[[], Any]:
    """What stands in a column where nothing is said."""
    default: Any = column.default
    if default is None:
        return lambda: None
    if default.is_callable:
        return lambda: default.arg(None)
    return lambda: default.arg
