"""How long an export of a country's worth of cases takes, and how much memory, in a process of its own each.

The whole way is gone as a worker goes it: chosen, read, written, proved, packed, sealed. Very many cases are exported
by a process apart from the worker's, which reads accounts for it that aren't ready: the memory of each is told. Beside
it, in the same run, a bare loop over the same rows says what reading alone takes.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import resource
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from app.bare import bare
from app.database import db, transaction
from app.exports.asking import NewExport, ask
from app.exports.levels import Level
from app.models import ExportKind, ExportRecord, ExportState, User
from app.safe import user_keys
from app.settings import Settings, load_settings
from workers.benchmarks.desk import add_people, empty_database
from workers.benchmarks.established_cases import establish_cases, forget_texts
from workers.benchmarks.installation import installation
from workers.benchmarks.many_cases import write_cases

ALL_VERIFIED: Mapping[str, int] = {"verified": 1}
_ASKED_BY = "desk"  # an analyst of those who see every case
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)

Measured = dict[str, Any]


def measure(
    count: int,
    formats: Sequence[str],
    level: str,
    database: str,
    database_url: str | None,
    unready: int = 0,
) -> Measured:
    """Fill a database with `count` verified cases and export them in each format, one after the other. The accounts of
    the first `unready` are not ready to go out.
    """
    with empty_database(database, database_url) as url, installation(database_url=url) as made:
        asked = _prepare(made.settings, count, formats, level, unready)
        environment = made.environment
        loop = _apart(_loop, environment, next(iter(asked.values())))
        took = {code: _apart(_make, environment, export_id) for code, export_id in asked.items()}
        kind = made.settings.database_url.split(":", 1)[0]
    return {
        "bench": "export",
        "database": kind,
        "cases": count,
        "level": level,
        "accounts not ready": unready,
        "load_average": os.getloadavg()[0],
        "bare loop": loop,
        "formats": took,
    }


def _prepare(
    settings: Settings, count: int, formats: Sequence[str], level: str, unready: int = 0
) -> dict[str, uuid.UUID]:
    """Write people and cases, and ask for the exports; their ids by format."""
    prepared = user_keys.prepare("a long password for a benchmark")
    app = bare(settings)
    with app.app_context():
        with transaction() as session:
            people = add_people(session)
        with transaction() as session:
            write_cases(session, people, count, ALL_VERIFIED)
            establish_cases(session)
            forget_texts(session, unready)
        with transaction() as session:
            user = session.scalars(select(User).where(User.email == f"{_ASKED_BY}@example.org")).one()
            user_keys.keep(session, user, prepared)
            asked = {code: ask(session, user, _wanted(level, code, count)).id for code in formats}
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
        db.session.remove()
        db.engine.dispose()
    return asked


def _wanted(level: str, file_format: str, count: int) -> NewExport:
    return NewExport(
        kind=ExportKind.CASES,
        level=Level(level),
        file_format=file_format,
        language="fr",
        purpose="To measure how long it takes",
        recipient="Commission",
        filters={"period": "verified"},
        rows_total=count,
    )


def _apart(
    work: Callable[[uuid.UUID], Measured], environment: Mapping[str, str], export_id: uuid.UUID
) -> Measured:
    """What a function measures in a fresh process, with that process's peak memory."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=fresh) as pool:
        return pool.submit(_in_application, work, dict(environment), export_id).result()


def _in_application(
    work: Callable[[uuid.UUID], Measured], environment: dict[str, str], export_id: uuid.UUID
) -> Measured:
    os.environ.update(environment)
    started = _processor_seconds()
    with bare(load_settings()).app_context():
        measured = work(export_id)
        db.session.remove()
    own = round(_processor_seconds() - started, 1)  # without the database's, and without waiting for others
    return {**measured, "processor_seconds": own, "peak_megabytes": _peak_megabytes()}


def _processor_seconds() -> float:
    """What this process took, and those that it started and that have ended."""
    return sum(os.times()[:4])


def _make(export_id: uuid.UUID) -> Measured:
    """Make one export as the job does. Raises RuntimeError where it came to nothing."""
    from workers.exports.apart import make_where_it_fits
    from workers.runtime import keys

    own = keys()  # a worker has them when a job comes
    started = time.perf_counter()
    make_where_it_fits(own, export_id)
    seconds = time.perf_counter() - started
    record = db.session.get_one(ExportRecord, export_id, populate_existing=True)
    if record.state != ExportState.READY:
        raise RuntimeError(f"not made: {record.state} {record.failure}")
    apart = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    return {
        "seconds": round(seconds, 1),
        "rows": record.row_count,
        "sealed_bytes": record.byte_count,
        "withheld": {each["reason"]: each["count"] for each in record.withheld},
        "peak_megabytes_apart": apart,  # of the process that made it, where that is another one
    }


def _loop(export_id: uuid.UUID) -> Measured:
    """Read all rows of all tables and do nothing with them."""
    from workers.exports.releasing import release_for
    from workers.runtime import keys

    started = time.perf_counter()
    release = release_for(db.session(), db.session.get_one(ExportRecord, export_id), keys())
    chosen = time.perf_counter()
    rows = {code: sum(1 for _ in table.rows()) for code, table in release.tables.items()}
    seconds = time.perf_counter() - chosen
    return {"choosing_seconds": round(chosen - started, 1), "seconds": round(seconds, 1), "rows": rows}


def _peak_megabytes() -> int:
    """The most memory that this process ever held (Linux); 0 where nobody can tell."""
    status = Path("/proc/self/status")
    found = _PEAK.search(status.read_text(encoding="ascii")) if status.exists() else None
    return int(found[1]) // 1024 if found else 0
