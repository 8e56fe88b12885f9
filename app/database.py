"""The database: the typed base, UTC moments, and the one place where transactions begin and end."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

import structlog
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Engine, MetaData, Uuid, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import TypeDecorator

logger = structlog.get_logger()

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
JSONDocument = JSON().with_variant(JSONB(), "postgresql")


class UTCDateTime(TypeDecorator[datetime]):
    """A moment: refuses naive values on the way in, is aware UTC on the way out, on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware value to UTC; SQLite keeps it without the zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Stored value to aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What every table has in common: constraint names that migrations can rely on."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UTCDateTime(),
            uuid.UUID: Uuid(),
            dict[str, Any]: JSONDocument,
            list[str]: JSONDocument,
            list[list[int]]: JSONDocument,
            list[list[float]]: JSONDocument,
            list[dict[str, Any]]: JSONDocument,
        },
    )


class Identified:
    """A random UUID as primary key: it says nothing about when or how many."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)


db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    session_options={"expire_on_commit": False},
    engine_options={"hide_parameters": True, "pool_pre_ping": True},
)

# SQLite makes waiting writers sleep and poll, up to seconds; within a process they queue here instead.
_sqlite_writer = threading.Lock()
_AFTER_COMMIT = "seere_after_commit"
_DEADLOCK = "40P01"  # PostgreSQL's deadlock_detected
_BEGIN_MODE = "sqlite_begin_mode"


@contextmanager
def transaction() -> Iterator[Session]:
    """One write transaction: commits at the end, rolls back on any error, then runs what `after_commit` queued.

    On SQLite the write lock is taken at the start, so that two writers wait for each other instead of failing. Where
    two wait for each other in a circle and PostgreSQL breaks this one off, it is as if the other had been quicker:
    raises StaleDataError.
    """
    session = db.session()
    if _AFTER_COMMIT in session.info:
        raise RuntimeError("a transaction is open already: the caller owns it")
    session.rollback()
    session.expire_all()  # what an earlier transaction of this context left may be out of date
    session.info[_AFTER_COMMIT] = []
    try:
        with _sqlite_writer if db.engine.dialect.name == "sqlite" else nullcontext():
            session.connection(execution_options={_BEGIN_MODE: "IMMEDIATE"})
            yield session
            session.commit()
    except BaseException as error:
        session.rollback()
        session.info.pop(_AFTER_COMMIT, None)
        if _is_deadlock(error):
            raise StaleDataError("two transactions waited for each other") from error
        raise
    for follow_up in session.info.pop(_AFTER_COMMIT, []):
        _run(follow_up)


@contextmanager
def transaction_apart(engine: Engine) -> Iterator[Connection]:
    """A short write transaction on a connection of its own, while the session goes on reading: it commits at the end.

    Not within `transaction()`, which on SQLite would wait for itself.
    """
    with (
        _sqlite_writer if engine.dialect.name == "sqlite" else nullcontext(),
        engine.connect().execution_options(**{_BEGIN_MODE: "IMMEDIATE"}) as connection,
        connection.begin(),
    ):
        yield connection


def _is_deadlock(error: BaseException) -> bool:
    return isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", "") == _DEADLOCK


def insert_unless_there(
    session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]], *, known_by: Any
) -> Any:
    """A statement that inserts rows and leaves alone those whose unique column `known_by` has the same value already.

    Callers may add `returning(…)`: it gives the new ones only. Both databases have it, each in its own dialect.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(table).values(list(rows)).on_conflict_do_nothing(index_elements=[known_by])


def after_commit(session: Session, follow_up: Callable[[], None]) -> None:
    """Run something once the transaction is durable; if it fails, a sweep does it later."""
    session.info.setdefault(_AFTER_COMMIT, []).append(follow_up)


def _run(follow_up: Callable[[], None]) -> None:
    try:
        follow_up()
    except Exception as error:  # noqa: BLE001 - what is committed stays accepted whatever happens here
        logger.warning("follow_up_failed", error=type(error).__name__)


def close_session() -> None:
    """Give the connection back before a call to the outside world."""
    db.session.remove()


@event.listens_for(Engine, "connect")
def _configure_sqlite(connection: Any, _record: Any) -> None:
    if type(connection).__module__.split(".")[0] != "sqlite3":
        return
    connection.isolation_level = None  # we say BEGIN ourselves, below
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.execute("PRAGMA secure_delete=ON")  # what is erased is overwritten
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        mode = connection.get_execution_options().get(_BEGIN_MODE, "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")
