"""Killing processes of a running installation, each by its own id, while it rains."""

from __future__ import annotations

import random
import threading
from contextlib import suppress

import psutil

from tests.e2e.running import Running


class Lightning(threading.Thread):
    """Strikes web and worker processes `strikes` times and Valkey `valkey_strikes` times, so many seconds apart."""

    def __init__(
        self, running: Running, *, strikes: int, valkey_strikes: int, pause: float, seed: int
    ) -> None:
        super().__init__(name="lightning", daemon=True)
        self._running = running
        self._chance = random.Random(seed)
        self._targets = ["web", "worker"] * (strikes // 2) + ["valkey"] * valkey_strikes
        self._chance.shuffle(self._targets)
        self._pause = pause
        self._over = threading.Event()
        self.struck: list[str] = []

    def run(self) -> None:
        """Until every strike is done or the storm is over."""
        for target in self._targets:
            if self._over.wait(self._pause * self._chance.uniform(0.5, 1.5)):
                return
            self._strike(target)

    def end(self) -> None:
        """No more strikes."""
        self._over.set()
        self.join(30)

    def _strike(self, target: str) -> None:
        found = [process for process in self._processes() if _kind(process) == target]
        if found:
            with suppress(psutil.NoSuchProcess):
                self._chance.choice(found).kill()
                self.struck.append(target)

    def _processes(self) -> list[psutil.Process]:
        assert self._running.process is not None
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(self._running.process.pid).children(recursive=True)
        return []


def _kind(process: psutil.Process) -> str:
    with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        command = " ".join(process.cmdline())
        if "gunicorn" in command:
            return "web"
        if "seere worker" in command:
            return "worker"
        if "valkey" in command.split(" ")[0]:
            return "valkey"
    return ""
