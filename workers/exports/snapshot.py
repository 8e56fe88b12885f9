"""One state of the database for all that a copy is made from: counts agree with rows, tables with each other."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

# Until the transaction ends. What belongs to a few cases is found by index: PostgreSQL's usual guess is of disks with
# heads, and has it go through all rows of a table. Cursors are read to their end, and sort and join in memory.
_READING = (
    text("SET LOCAL random_page_cost = 1.1"),
    text("SET LOCAL cursor_tuple_fraction = 1.0"),
    text("SET LOCAL work_mem = '16MB'"),
)


def begin_snapshot(session: Session) -> None:
    """End what the session read until now; from here on until its next end it sees one state of the database.

    SQLite gives that to every transaction that reads, PostgreSQL where it is asked for.
    """
    session.rollback()
    session.expire_all()
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        for setting in _READING:
            session.execute(setting)
