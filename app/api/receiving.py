"""What every request of a partner's program must bring: a token, JSON, and a key against doubles."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any, NoReturn

from flask import request
from limits import RateLimitItem, RateLimitItemPerHour

from app.api import tokens
from app.api.problems import Problem
from app.current import current_limits, current_settings
from app.database import db
from app.models import AccessToken

SENT = RateLimitItemPerHour(1200, namespace="api-sent")  # a village's worth of forms coming online at once
ASKED = RateLimitItemPerHour(6000, namespace="api-asked")
WAIT_SECONDS = 600
LONGEST_KEY = 200


def partner(limit: RateLimitItem) -> AccessToken:
    """The token that a request came with. Raises Problem: 401 without a good one, 429 when it comes too often."""
    token = tokens.recognise(current_settings(), db.session(), request.headers.get("Authorization", ""))
    if token is None:
        raise Problem(HTTPStatus.UNAUTHORIZED, "token", headers={"WWW-Authenticate": "Bearer"})
    if not current_limits().count(limit, token.id.hex):
        raise Problem(HTTPStatus.TOO_MANY_REQUESTS, "rate", headers={"Retry-After": str(WAIT_SECONDS)})
    tokens.note_use(token)
    return token


def idempotency_key() -> str:
    """The request's Idempotency-Key (draft-ietf-httpapi-idempotency-key-header), with or without its quotes."""
    key = request.headers.get("Idempotency-Key", "").strip()
    bare = key[1:-1] if len(key) > 1 and key[0] == key[-1] == '"' else key
    if not bare or len(bare) > LONGEST_KEY:
        raise Problem(HTTPStatus.BAD_REQUEST, "key_missing")
    return bare


def json_object() -> dict[str, Any]:
    """The object that the request holds. Raises Problem for anything that isn't one."""
    if not request.is_json:
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "content_type")
    try:
        found = json.loads(request.get_data(cache=False).decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Problem(HTTPStatus.BAD_REQUEST, "json")
    return found


def _refuse(_constant: str) -> NoReturn:
    """NaN and Infinity, which Python would take, are no JSON."""
    raise ValueError
