"""The private half of an opening's key: only ever in a cookie of the one page that shows the answer."""

from __future__ import annotations

import base64
import binascii
import uuid
from dataclasses import dataclass

from flask import Response, current_app, request, url_for
from nacl.public import PrivateKey

from app.openings.service import OPEN_FOR

COOKIE = "seere_opening"
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class BrowserKey:
    """A fresh key pair for one opening."""

    private: bytes
    public: bytes


def new_key() -> BrowserKey:
    """A key pair that nobody has used."""
    private = PrivateKey.generate()
    return BrowserKey(bytes(private), bytes(private.public_key))


def give(response: Response, opening_id: uuid.UUID, key: BrowserKey) -> None:
    """Put the private half into the browser that asked, for this opening's pages only."""
    response.set_cookie(
        COOKIE,
        base64.urlsafe_b64encode(key.private).decode("ascii"),
        max_age=OPEN_FOR,
        path=url_for("openings.show", opening_id=opening_id),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Strict",
    )


def forget(response: Response, opening_id: uuid.UUID) -> None:
    """Take the private half out of the browser again."""
    response.delete_cookie(COOKIE, path=url_for("openings.show", opening_id=opening_id))


def held_key() -> bytes | None:
    """The private half that this browser holds for the page it asks for, or None."""
    try:
        key = base64.urlsafe_b64decode(request.cookies.get(COOKIE, ""))
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == _KEY_BYTES else None
