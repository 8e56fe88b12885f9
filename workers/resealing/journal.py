"""What a database keeps of rows as they were: SQLite in its journal, until that is written over."""

from __future__ import annotations

from app.database import close_session, db


def empty_journal() -> None:
    """Bring SQLite's journal into the database and cut it to nothing; one that is being read waits for the next time.

    PostgreSQL clears old rows by itself (autovacuum); archives of its journal are the administrator's to keep short.
    """
    close_session()
    if db.engine.dialect.name != "sqlite":
        return
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.close()
    finally:
        connection.close()
