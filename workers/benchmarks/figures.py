"""How long the dashboard's figures take over a country's worth of cases, beside the same counted from the cases."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, String, cast, func, select
from sqlalchemy.orm import Session

from app.bare import bare
from app.clock import utcnow
from app.database import db, transaction
from app.figures.breakdowns import is_counted
from app.figures.dashboard import panels
from app.figures.periods import Period, asked_period
from app.figures.spans import day_of, midnight
from app.models import Act, Case, FigureCell, Role, User
from app.settings import Settings
from workers.benchmarks.desk import add_people, analyse, empty_database
from workers.benchmarks.installation import installation
from workers.benchmarks.load import percentiles
from workers.benchmarks.reduced_cases import write_reduced_cases
from workers.figures.refreshing import rebuild, refresh

_DAY = 10  # characters of an ISO day


def measure(count: int, repeat: int, database: str, database_url: str | None) -> dict[str, Any]:
    """Write so many cases, count them, and draw the whole dashboard `repeat` times for each of three periods."""
    with empty_database(database, database_url) as url, installation(database_url=url) as made:
        return {
            "bench": "figures",
            "database": made.settings.database_url.split(":", 1)[0],
            "cases": count,
            **_measured(made.settings, count, repeat),
            "load_average": os.getloadavg()[0],
        }


def _measured(settings: Settings, count: int, repeat: int) -> dict[str, Any]:
    app = bare(settings)
    with app.app_context():
        took = {"written_in_seconds": _seconds(lambda: _fill(count))}
        took["rebuilt_in_seconds"] = _seconds(rebuild)
        took["refreshed_in_seconds"] = _seconds(refresh)
        analyse()
        rows = db.session.scalar(select(func.count()).select_from(FigureCell))
        drawn = {name: _draw_all(period, repeat) for name, period in _periods().items()}
        direct = {name: _count_directly(period) for name, period in _periods().items()}
        db.session.remove()
        db.engine.dispose()
    return {**took, "kept_rows": rows, "dashboard_ms": drawn, "from_the_cases_ms": direct}


def _seconds(do: Callable[[], object]) -> float:
    started = time.perf_counter()
    do()
    return round(time.perf_counter() - started, 2)


def _fill(count: int) -> None:
    with transaction() as session:
        people = add_people(session)
    with transaction() as session:
        write_reduced_cases(session, people, count)
    analyse()


def _periods() -> dict[str, Period]:
    today = day_of(utcnow())
    days = {"twelve weeks": 83, "a year": 364, "four years": 4 * 365}
    asked = {name: today - timedelta(days=back) for name, back in days.items()}
    return {
        name: asked_period({"period": "dates", "first": str(first), "last": str(today)}, today)
        for name, first in asked.items()
    }


def _draw_all(period: Period, repeat: int) -> dict[str, float]:
    """Every panel of the desk's page, its queries and its chart."""
    session = db.session()
    user = session.scalars(
        select(User).where(User.email == "desk@example.org", User.role == Role.ANALYST)
    ).one()
    return percentiles([_seconds_of_drawing(session, user, period) for _ in range(repeat)])


def _seconds_of_drawing(session: Session, user: User, period: Period) -> float:
    started = time.perf_counter()
    for draw in panels(session, user, period, utcnow()).values():
        draw()
    return time.perf_counter() - started


def _count_directly(period: Period) -> dict[str, float]:
    """Three of the dashboard's figures as one would ask the cases for them."""
    return {name: round(1000 * _asking(statement), 1) for name, statement in _direct(period)}


def _asking(statement: Select[Any]) -> float:
    started = time.perf_counter()
    db.session.execute(statement).all()
    return time.perf_counter() - started


def _direct(period: Period) -> list[tuple[str, Select[Any]]]:
    until = midnight(period.last + timedelta(days=1))
    within = (*is_counted(), Case.received_at >= midnight(period.first), Case.received_at < until)
    day = func.substr(cast(Case.received_at, String), 1, _DAY)
    return [
        (
            "by day and channel",
            select(day, Case.channel, func.count()).where(*within).group_by(day, Case.channel),
        ),
        ("by cercle", select(Case.cercle_code, func.count()).where(*within).group_by(Case.cercle_code)),
        (
            "by violation",
            select(Act.violation_code, func.count(Case.id.distinct()))
            .join(Case, Case.id == Act.case_id)
            .where(*within)
            .group_by(Act.violation_code),
        ),
    ]
