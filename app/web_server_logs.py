"""Gunicorn's own log, without content."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger

from app.logs import WithoutContent


class GunicornLogger(Logger):
    """Gunicorn's errors without their texts, which name addresses and repeat bad requests; no access log at all."""

    def setup(self, cfg: Any) -> None:
        """Give every handler of gunicorn the formatter that drops content."""
        super().setup(cfg)  # type: ignore[no-untyped-call]
        for handler in self.error_log.handlers:
            handler.setFormatter(WithoutContent())

    def access(self, *args: Any, **kwargs: Any) -> None:
        """Nobody's visit is written down."""
