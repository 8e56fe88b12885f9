"""Structured logs with an allow-list of keys: what isn't on it is dropped, so that no name can slip in."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED_KEYS = frozenset(
    {
        "event", "level", "timestamp", "request_id", "method", "endpoint", "status", "duration_ms", "error",
        "job", "work_id", "report_id", "case_id", "message_id", "count", "queue", "gateway", "outcome", "process",
        "address", "attempt",
    }
)  # fmt: skip


def keep_allowed_keys(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drop every key that isn't on the list."""
    return {key: value for key, value in event.items() if key in ALLOWED_KEYS}


def configure_logs() -> None:
    """JSON lines on standard error; libraries' own loggers only from warnings on, without their messages."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            keep_allowed_keys,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(WithoutContent())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)


class WithoutContent(logging.Formatter):
    """A foreign log record by its origin and error class only: messages of libraries may repeat data."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        return f'{{"event": "library", "level": "{record.levelname.lower()}", "error": "{error}"}}'
