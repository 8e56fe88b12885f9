"""One state of the database for all that a copy is made from: counts agree with rows, tables with each other."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

# Until the transaction ends: a batch of cases finds what belongs to it by index, and doesn't go through all rows of
# a table for each batch, as PostgreSQL's usual guess about disks with heads has it.
_BY_INDEX = text("SET LOCAL random_page_cost = 1.1")


def begin_snapshot(session: Session) -> None:
    """End what the session read until now; from here on until its next end it sees one state of the database.

    SQLite gives that to every transaction that reads, PostgreSQL where it is asked for.
    """
    session.rollback()
    session.expire_all()
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        session.execute(_BY_INDEX)
