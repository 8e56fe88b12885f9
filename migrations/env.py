"""How Alembic reaches the database: the application's engine, or a connection that a caller hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import JSON

from app import models
from app.database import Base, UTCDateTime

assert models.__all__  # the tables are declared by this import  # noqa: S101


def render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Our own column types as the database knows them: migrations don't import the application."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def run() -> None:
    """Run the migrations in one transaction, with SQLite's tables rebuilt where it can't alter them."""
    engine = current_app.extensions["sqlalchemy"].engine
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            render_item=render,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
