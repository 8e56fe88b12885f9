"""The thread of a web process that takes the spool up once the database is back."""

from __future__ import annotations

import threading

import structlog
from flask import Flask

from app.database import close_session
from app.intake import spool

logger = structlog.get_logger()

SECONDS_BETWEEN = 10.0


class SpoolKeeper(threading.Thread):
    """Looks into the spool every few seconds; an empty one costs a look at a folder."""

    def __init__(self, app: Flask, seconds_between: float = SECONDS_BETWEEN) -> None:
        super().__init__(name="spool", daemon=True)
        self._app = app
        self._seconds_between = seconds_between
        self._stopped = threading.Event()

    def run(self) -> None:
        """Until stopped. Whatever goes wrong, the files stay and the next look tries again."""
        while not self._stopped.wait(self._seconds_between):
            try:
                self._look()
            except Exception as error:  # noqa: BLE001 - the thread must outlive any failure
                logger.error("spool_look_failed", error=type(error).__name__)  # noqa: TRY400

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopped.set()
        self.join(5)

    def _look(self) -> None:
        settings = self._app.extensions["seere_settings"]
        if not spool.waiting(settings):
            return
        with self._app.app_context():
            try:
                taken = spool.take_up(settings)
            finally:
                close_session()
        if taken:
            logger.info("spool_taken_up", count=taken)
