"""How Alembic reaches the database: the application's engine, or a connection that a caller hands over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import JSON, Connection

from app import models
from app.database import Base, UTCDateTime
from app.models.search_index import is_declared, keep_in_step

assert models.__all__  # the tables are declared by this import  # noqa: S101


def render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Our own column types as the database knows them: migrations don't import the application."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


@contextmanager
def references_unchecked(connection: Connection) -> Iterator[None]:
    """SQLite's tables are rebuilt by dropping the old one, which its rows' references would forbid.

    The pragma works only outside a transaction, so it goes to the driver before SQLAlchemy begins one.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def check_references(connection: Connection) -> None:
    """What was unchecked is checked before the transaction ends. Raises RuntimeError, and nothing has changed."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"the migration would leave {len(broken)} references without their rows")


def run() -> None:
    """Run the migrations in one transaction, with SQLite's tables rebuilt where it can't alter them."""
    engine = current_app.extensions["sqlalchemy"].engine
    with engine.connect() as connection, references_unchecked(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            render_item=render,
            include_name=is_declared,
        )
        with context.begin_transaction():
            context.run_migrations()
            keep_in_step(connection)
            check_references(connection)
        connection.commit()


run()
