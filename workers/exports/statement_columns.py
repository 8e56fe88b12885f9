"""How columns are selected for an export, and what a statement and its rows are to a type checker."""

from __future__ import annotations

from typing import Any

from sqlalchemy import DateTime, Row, Select, String, cast, type_coerce

Statement = Select[*tuple[Any, ...]]
Facts = Row[*tuple[Any, ...]]  # a row of one


def moment(column: Any) -> Any:
    """A moment as the driver hands it over, UTC where it has no zone: only its day is wanted."""
    return type_coerce(column, DateTime(timezone=True)).label(column.key)


def as_text(column: Any, name: str) -> Any:
    """An id or a list as text: half a million objects would take as long as all the rest."""
    return cast(column, String).label(name)
