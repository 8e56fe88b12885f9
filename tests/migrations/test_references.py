"""A migration that rebuilds a table keeps what points at it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import MetaData, Table, func, select
from sqlalchemy.types import JSON, Boolean, DateTime, Float, Integer, LargeBinary, Uuid

from app.clock import utcnow
from app.database import db
from tests.migrations.test_migrations import empty

__all__ = ["empty"]


def test_findings_keep_their_message_when_its_table_is_rebuilt(empty: Flask) -> None:
    upgrade(revision="0003")
    report, message, case = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    insert("report", id=report)
    insert("message", id=message, report_id=report)
    insert("casefile", id=case)
    insert("finding", id=uuid.uuid4(), message_id=message, case_id=case)
    upgrade()
    with db.engine.connect() as connection:
        tables = MetaData()
        tables.reflect(connection, only=["finding", "message"])
        kept = select(func.count()).select_from(tables.tables["finding"].join(tables.tables["message"]))
        assert connection.scalar(kept) == 1


def insert(name: str, **values: Any) -> None:
    """One row with what the schema demands, made up where a value isn't given."""
    with db.engine.begin() as connection:
        table = Table(name, MetaData(), autoload_with=connection)
        made_up = {
            column.name: _value(column.type)
            for column in table.columns
            if not column.nullable and column.server_default is None
        }
        given = {
            key: value if isinstance(table.c[key].type, Uuid) else value.hex for key, value in values.items()
        }
        connection.execute(table.insert().values(made_up | given))


def _value(kind: Any) -> Any:
    by_kind = {Boolean: False, Integer: 0, Float: 0.0, DateTime: utcnow(), LargeBinary: b"x", JSON: []}
    return next((value for type_, value in by_kind.items() if isinstance(kind, type_)), "x")
