"""How long it takes to find what a new report may be a twin of, among a country's worth of stored ones."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.bare import bare
from app.casework.likeness import cases_sharing
from app.database import db, transaction
from app.garbage import collecting_seldom, spare_what_is_loaded
from app.models import Likeness
from app.settings import Settings
from workers.benchmarks.desk import analyse, empty_database
from workers.benchmarks.installation import installation
from workers.benchmarks.load import percentiles
from workers.benchmarks.twin_cases import Teller, Told, write_told
from workers.twinning import CANDIDATES_OF_A_KIND, likely_twins, same_people

WARM_UP = 10
Look = Callable[[Session, Told], int]


def measure(count: int, repeat: int, database: str, database_url: str | None) -> dict[str, Any]:
    """Store so many reports, then look for the twins of `repeat` others, that aren't stored, one after the other."""
    with empty_database(database, database_url) as url, installation(database_url=url) as made:
        return {
            "bench": "twins",
            "database": made.settings.database_url.split(":", 1)[0],
            "reports": count,
            "looked_for": repeat,
            **_measured(made.settings, count, repeat),
            "load_average": os.getloadavg()[0],
        }


def _measured(settings: Settings, count: int, repeat: int) -> dict[str, Any]:
    app, teller = bare(settings), Teller()
    with app.app_context():
        began = time.perf_counter()
        with collecting_seldom(), transaction() as session:
            write_told(session, teller, count)
        analyse()
        written = round(time.perf_counter() - began, 1)
        keys = db.session.scalar(select(func.count()).select_from(Likeness))
        new = [teller.tell() for _ in range(WARM_UP + repeat)]
        spare_what_is_loaded()  # what the measurement itself holds is not to be gone through while it is taken
        took = {name: _look(look, new) for name, look in LOOKS.items()}
        db.session.remove()
        db.engine.dispose()
    return {"written_in_seconds": written, "keys": keys, **took}


def _look(look: Look, new: Sequence[Told]) -> dict[str, float]:
    """p50, p95, p99 and the longest in milliseconds, and how many reports were found for one in the mean."""
    seconds, found = [], 0
    for at, told in enumerate(new):
        began = time.perf_counter()
        hits = look(db.session(), told)
        took = time.perf_counter() - began
        db.session.rollback()
        db.session.expunge_all()  # a worker reads each report's candidates anew
        if at >= WARM_UP:
            seconds.append(took)
            found += hits
    return {
        **percentiles(seconds),
        "max_ms": round(max(seconds) * 1000, 1),
        "found_in_the_mean": round(found / len(seconds), 1),
    }


def _by_index(session: Session, told: Told) -> int:
    """The index alone, for every kind of key."""
    found = {
        case_id
        for kind, keys in told.keys.items()
        for case_id in cases_sharing(session, told.case, kind, keys, limit=CANDIDATES_OF_A_KIND)
    }
    return len(found)


def _as_the_worker(session: Session, told: Told) -> int:
    """All that a worker does for it: the keys made, looked up, the candidates read and compared."""
    told.case.anonymised_text = told.text
    keys = told.keys
    return len([*likely_twins(session, told.case, keys), *same_people(session, told.case, keys)])


LOOKS: dict[str, Look] = {"by_index": _by_index, "candidates_read_and_compared": _as_the_worker}
