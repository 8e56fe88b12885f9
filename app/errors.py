"""Errors as people and machines should get them: what to do, in their language, and nothing of what was sent."""

from __future__ import annotations

from http import HTTPStatus

import structlog
from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from redis.exceptions import RedisError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from app.api import problems
from app.database import db

logger = structlog.get_logger()

PROGRAMS_PATH = "/api/"
_HEADERS_FOR_PROGRAMS = frozenset({"Allow", "Retry-After"})


def init_errors(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(HTTPException, _expected)
    app.register_error_handler(Exception, _unexpected)


def _expected(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.get_response()
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if request.path.startswith(PROGRAMS_PATH):
        return problems.for_status(status, _kept_headers(error))
    return _answer(status)


def _kept_headers(error: HTTPException) -> dict[str, str]:
    """What a program needs of an error beside its status, such as the methods that are allowed."""
    return {name: value for name, value in error.get_headers() if name in _HEADERS_FOR_PROGRAMS}


def _unexpected(error: Exception) -> ResponseReturnValue:
    """Log the kind of error and where, never its text: it may repeat what a person wrote."""
    db.session.rollback()
    logger.error("request_failed", error=type(error).__name__, endpoint=request.endpoint)
    return _answer(HTTPStatus.SERVICE_UNAVAILABLE if _is_outage(error) else HTTPStatus.INTERNAL_SERVER_ERROR)


def _is_outage(error: Exception) -> bool:
    return isinstance(error, OperationalError | RedisError)


def _answer(status: int) -> ResponseReturnValue:
    if request.path.startswith(PROGRAMS_PATH):
        return problems.for_status(status)
    if request.path.startswith("/webhooks/"):
        empty = '<?xml version="1.0" encoding="UTF-8"?><Response />'
        return Response(empty, status=status, content_type="text/xml; charset=utf-8")
    if request.path == "/healthz" or request.accept_mimetypes.best == "application/json":
        return {"status": status}, status
    return render_template("error.html", status=status), status
