"""The index over the anonymised words of cases. Each database has its own kind, outside of what the models declare.

PostgreSQL: a column that it makes by itself of the text, and a GIN index over that. Kept, not made anew for each row
that is looked at: that took most of a search's time. SQLite: an FTS5 table of its own (it holds the index,
not the text; its row numbers are the cases' numbers), kept in step by triggers. A migration that rebuilds `casefile`
takes the triggers with it, so they are put back after every run of the migrations.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

TABLE = "casefile_search"
INDEX = "ix_casefile_search"
COLUMN = "search_vector"
_FORGET = f"INSERT INTO {TABLE}({TABLE}, rowid, search_text) VALUES ('delete', old.number, old.search_text);"  # noqa: S608
_LEARN = f"INSERT INTO {TABLE}(rowid, search_text) VALUES (new.number, new.search_text);"  # noqa: S608 - constants
_TRIGGERS = {
    "casefile_search_added": f"AFTER INSERT ON casefile BEGIN {_LEARN} END",
    "casefile_search_removed": f"AFTER DELETE ON casefile BEGIN {_FORGET} END",
    "casefile_search_changed": "AFTER UPDATE OF search_text, number ON casefile "
    "WHEN old.search_text <> new.search_text OR old.number <> new.number "
    f"BEGIN {_FORGET} {_LEARN} END",
}


def is_declared(name: str | None, kind: str, _parents: object = None) -> bool:
    """Whether a table, column or index of the database is one that the models know, as Alembic asks comparing them."""
    return not (kind in {"table", "column", "index"} and str(name).startswith((TABLE, INDEX, COLUMN)))


def keep_in_step(connection: Connection) -> None:
    """Put back triggers that a rebuilt table has lost, and index what they missed. SQLite only."""
    if connection.dialect.name != "sqlite" or not inspect(connection).has_table(TABLE):
        return
    there = set(connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
    lost = _TRIGGERS.keys() - there
    for name in sorted(lost):
        connection.exec_driver_sql(f"CREATE TRIGGER {name} {_TRIGGERS[name]}")
    if lost:
        connection.exec_driver_sql(f"INSERT INTO {TABLE}({TABLE}) VALUES ('rebuild')")  # noqa: S608


def overwrite_forgotten(connection: Connection) -> None:
    """Merge SQLite's index into one piece: words of accounts that were erased leave it only then. Takes seconds."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"INSERT INTO {TABLE}({TABLE}) VALUES ('optimize')")  # noqa: S608
