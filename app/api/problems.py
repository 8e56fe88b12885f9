"""Errors of the interface for programs: problem details for HTTP (RFC 9457), in the language that was asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import Response
from flask_babel import gettext, lazy_gettext

from app.intake.partner_problems import FieldProblem

CONTENT_TYPE = "application/problem+json"
_BLANK = "about:blank"  # says: no more than the status says (RFC 9457, 4.2.1)
TITLES = {
    "token": lazy_gettext("This needs the token of an organisation."),
    "rate": lazy_gettext("Too many requests with this token. Wait, then send again."),
    "content_type": lazy_gettext("Send JSON, as application/json."),
    "json": lazy_gettext("This is not JSON, or not an object."),
    "key_missing": lazy_gettext("The header Idempotency-Key is missing or too long."),
    "key_reused": lazy_gettext("Another report came with this Idempotency-Key or identifier before."),
    "report": lazy_gettext("The report can’t be taken as it is."),
    "instance_missing": lazy_gettext("The submission has no _uuid by which it can be recognised."),
}
_STATUS_TITLES = {
    HTTPStatus.BAD_REQUEST: lazy_gettext("The request can’t be read."),
    HTTPStatus.FORBIDDEN: lazy_gettext("This is not allowed."),
    HTTPStatus.NOT_FOUND: lazy_gettext("There is nothing here."),
    HTTPStatus.METHOD_NOT_ALLOWED: lazy_gettext("This method is not known here."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: lazy_gettext("This is too large."),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: lazy_gettext("Send JSON, as application/json."),
    HTTPStatus.INTERNAL_SERVER_ERROR: lazy_gettext(
        "Something went wrong here. Nothing was lost: send again."
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: lazy_gettext("This can’t be taken just now. Send it again in a while."),
}


class Problem(Exception):
    """Why a request was refused. `code` is one of TITLES."""

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        errors: Sequence[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.errors, self.headers = status, code, errors, headers or {}

    def as_answer(self) -> Response:
        """As it goes out."""
        errors = [
            {"pointer": error.pointer, "code": error.code, "detail": error.words} for error in self.errors
        ]
        extra = {"code": self.code, **({"errors": errors} if errors else {})}
        title = str(TITLES[self.code])
        return _answer(self.status, {"type": _type_of(self.code), "title": title, **extra}, self.headers)


def for_status(status: int, headers: Mapping[str, str] | None = None) -> Response:
    """The problem that a bare HTTP status is."""
    known = HTTPStatus(status)
    title = _STATUS_TITLES.get(known)
    words = str(title) if title else gettext("The request was refused.")
    return _answer(known, {"type": _BLANK, "title": words}, headers or {})


def _type_of(code: str) -> str:
    """A name for the kind of problem. It leads nowhere: the document describes all of them."""
    return f"tag:seere,2026:problem:{code}"


def _answer(status: HTTPStatus, problem: Mapping[str, object], headers: Mapping[str, str]) -> Response:
    body = json.dumps({**problem, "status": int(status)}, ensure_ascii=False)
    return Response(body, status, dict(headers), content_type=CONTENT_TYPE)
