"""An open private key between two requests: in a box in the server's session, whose key is in one cookie only.

So neither what the server holds nor the cookie alone opens anything, and both end with the session.
"""

from __future__ import annotations

import base64
import binascii
import secrets
import uuid

from flask import Response, after_this_request, current_app, g, request, session
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey
from nacl.secret import SecretBox

from app.accounts.session import DESK_PATH, KEPT_AT_SIGN_IN

COOKIE = "seere_safe"
IN_SESSION = KEPT_AT_SIGN_IN  # this entry alone outlives the new session that a finished sign-in begins


def keep(user_id: uuid.UUID, private: PrivateKey) -> None:
    """Keep a person's open private key for this session, in place of any other."""
    key = secrets.token_bytes(SecretBox.KEY_SIZE)
    session[IN_SESSION] = {
        "user": str(user_id),
        "box": _written(bytes(SecretBox(key).encrypt(bytes(private)))),
    }
    g.safe_cookie_key = key
    _set_cookie(_written(key))


def kept(user_id: uuid.UUID) -> PrivateKey | None:
    """The private key that this session keeps for this person, if their browser brings the box's key."""
    held, key = session.get(IN_SESSION), _box_key()
    if not isinstance(held, dict) or held.get("user") != str(user_id) or key is None:
        return None
    try:
        return PrivateKey(SecretBox(key).decrypt(_read(str(held.get("box", "")))))
    except (CryptoError, ValueError):
        return None


def close(text: str) -> str | None:
    """A short secret under the cookie's key, for the session to hold until it was typed back; None where locked."""
    key = _box_key()
    return None if key is None else _written(bytes(SecretBox(key).encrypt(text.encode("ascii"))))


def read(closed: str) -> str | None:
    """What `close` closed, or None without the cookie."""
    key = _box_key()
    try:
        return None if key is None else SecretBox(key).decrypt(_read(closed)).decode("ascii")
    except (CryptoError, ValueError):
        return None


def drop() -> None:
    """Forget the private key here and take its box's key out of the browser."""
    session.pop(IN_SESSION, None)
    g.pop("safe_cookie_key", None)
    if COOKIE in request.cookies:
        _set_cookie("")


def _box_key() -> bytes | None:
    """The key that was just put into the cookie, or the one that the browser brought."""
    fresh = g.get("safe_cookie_key")
    key = fresh if isinstance(fresh, bytes) else _read(request.cookies.get(COOKIE, ""))
    return key if len(key) == SecretBox.KEY_SIZE else None


def _set_cookie(value: str) -> None:
    @after_this_request
    def put(response: Response) -> Response:
        if value:
            response.set_cookie(
                COOKIE,
                value,
                path=DESK_PATH,
                secure=current_app.config["SESSION_COOKIE_SECURE"],
                httponly=True,
                samesite="Strict",
            )
        else:
            response.delete_cookie(COOKIE, path=DESK_PATH)
        return response


def _written(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode("ascii")


def _read(text: str) -> bytes:
    """The bytes; empty for what isn't base64."""
    try:
        return base64.urlsafe_b64decode(text)
    except (binascii.Error, ValueError):
        return b""
