"""A challenge for a script that has no page of its own to find one in: that of the offline app."""

from __future__ import annotations

from http import HTTPStatus

from flask import abort, request
from flask.typing import ResponseReturnValue

from app.public import proof
from app.public.routes import blueprint

LONGEST_TOKEN = 400


@blueprint.post("/challenge")
def challenge() -> ResponseReturnValue:
    """A challenge bound to the token that will be sent with the proof."""
    asked = request.get_json(silent=True)
    token = asked.get("token") if isinstance(asked, dict) else None
    if not isinstance(token, str) or not 0 < len(token) <= LONGEST_TOKEN:
        abort(HTTPStatus.BAD_REQUEST)
    return proof.fields(token).as_json()
