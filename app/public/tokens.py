"""Signed, timed tokens that stand in for a session on pages that set no cookie."""

from __future__ import annotations

import secrets
import uuid
from enum import StrEnum

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

FORM_SECONDS = 24 * 3600
ACCESS_SECONDS = 30 * 60
LONGEST_TOKEN = 400


class Form(StrEnum):
    """The forms that are accepted once."""

    REPORT = "report"
    ANSWER = "answer"


def new_form_token(form: Form) -> str:
    """A token for one form as it is shown; it says nothing about who it is shown to."""
    return _serializer(form).dumps(secrets.token_urlsafe(16))


def form_nonce(form: Form, token: str) -> str | None:
    """The token's random part, or None when it isn't ours or is older than a day."""
    return _read(_serializer(form), token, FORM_SECONDS)


def new_access(report_id: uuid.UUID) -> str:
    """Half an hour's right to see one report's state, for a hidden field; never for an address."""
    return _serializer("access").dumps(report_id.hex)


def accessible_report(token: str) -> uuid.UUID | None:
    """The report that a right of access is for, or None when it has run out."""
    value = _read(_serializer("access"), token, ACCESS_SECONDS)
    return uuid.UUID(hex=value) if value else None


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"public.{purpose}")


def _read(serializer: URLSafeTimedSerializer, token: str, seconds: int) -> str | None:
    try:
        return str(serializer.loads(token[:LONGEST_TOKEN], max_age=seconds))
    except BadData:
        return None
