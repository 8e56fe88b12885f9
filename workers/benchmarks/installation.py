"""An installation in a temporary folder, with its own Valkey, for the time of one measurement."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from app.commands.web import gunicorn_command
from app.installation import make_secrets
from app.settings import Settings, load_settings
from app.supervisor import Part, valkey_part, wait_for_valkey, without_private_keys

SEERE = str(Path(sys.executable).with_name("seere"))
START_SECONDS = 90
EMPTY_PATH = "/empty"


@dataclass(frozen=True, slots=True)
class Installation:
    """Where it is and how to reach it."""

    environment: dict[str, str]
    address: str
    settings: Settings


@contextmanager
def installation(database_url: str | None = None) -> Iterator[Installation]:
    """Secrets, schema and Valkey. The database is SQLite unless an empty one is named here or in SEERE_DATABASE_URL."""
    with tempfile.TemporaryDirectory(prefix="seere-bench-") as folder:
        var, address = Path(folder) / "var", f"http://127.0.0.1:{_free_port()}"
        make_secrets(var, demonstration=True)
        environment = {
            **os.environ,
            "SEERE_VAR": str(var),
            "SEERE_PUBLIC_URL": address,
            "SEERE_DEMONSTRATION": "false",
        }
        environment.pop("SEERE_REDIS_URL", None)
        if database_url:
            environment["SEERE_DATABASE_URL"] = database_url
        valkey, url = valkey_part(var, environment)
        valkey.start()
        try:
            wait_for_valkey(url, valkey)
            subprocess.run([SEERE, "db", "upgrade"], env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
            yield Installation(environment, address, load_settings(environment))
        finally:
            valkey.stop()


@contextmanager
def web_server(made: Installation) -> Iterator[None]:
    """Gunicorn as `seere up` starts it, with an empty route beside the application."""
    bind = made.address.removeprefix("http://")
    command = [
        part.replace("app.wsgi", "workers.benchmarks.application") for part in gunicorn_command(bind, 2, 4)
    ]
    log = Path(made.environment["SEERE_VAR"]) / "web.log"
    part = Part("Web", command, without_private_keys(made.environment), log)
    part.start()
    try:
        _wait(made.address + "/healthz", part)
        yield
    finally:
        part.stop()


def _wait(address: str, part: Part) -> None:
    deadline = time.monotonic() + START_SECONDS
    while part.is_running and time.monotonic() < deadline:
        try:
            if requests.get(address, timeout=2).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    raise RuntimeError("the web server did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
