"""Browsers that are known again: by a long-lived random cookie, of which a digest with the address is kept.

Whether a browser is known for an address is the same work whether or not there is such an account.
"""

from __future__ import annotations

import secrets
import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib import resources

from flask import Response, after_this_request, current_app, g, request
from flask_babel import gettext
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts import server_box
from app.database import db
from app.models import KnownDevice, User

COOKIE = "seere_device"
PATH = "/desk"
KEPT = timedelta(days=400)  # the longest that browsers keep a cookie (RFC 6265bis)
_TOKEN_BYTES = 32
_LONGEST_TOKEN = 64


def token() -> str:
    """This browser's own random word; empty until it was remembered once."""
    return str(g.get("device_token") or request.cookies.get(COOKIE, "")[:_LONGEST_TOKEN])


def is_known(email: str) -> bool:
    """Whether the owner of an address signed in from this browser before."""
    found = select(KnownDevice.id).where(KnownDevice.digest == _digest(email))
    return bool(token()) and db.session().scalar(found) is not None


def remember(session: Session, user: User, now: datetime) -> bool:
    """Know this browser from now on; True when it is new, and not the first that this person ever used."""
    if not token():
        g.device_token = secrets.token_urlsafe(_TOKEN_BYTES)
    _set_cookie(token())
    known = session.scalar(select(KnownDevice).where(KnownDevice.digest == _digest(user.email)))
    if known is not None:
        known.last_seen_at = now
        return False
    is_first = not session.scalar(select(func.count()).where(KnownDevice.user_id == user.id))
    session.add(KnownDevice(user_id=user.id, digest=_digest(user.email), first_seen_at=now, last_seen_at=now))
    session.flush()
    return not is_first


def forget_others(session: Session, user: User) -> None:
    """Know no browser of this person any more but the one of this request."""
    others = delete(KnownDevice).where(KnownDevice.user_id == user.id)
    session.execute(others.where(KnownDevice.digest != _digest(user.email)))


def forget_all(session: Session, user: User) -> None:
    """Know no browser of this person any more."""
    session.execute(delete(KnownDevice).where(KnownDevice.user_id == user.id))


def described() -> str:
    """What this browser says it is, as "browser/system" in the codes of devices.toml; no version, nothing else."""
    said = request.headers.get("User-Agent", "")[:400]
    return f"{_first(_words()['browsers'], said)}/{_first(_words()['systems'], said)}"


def in_words(described_as: str) -> str:
    """`Firefox on Android`."""
    browser, _, system = described_as.partition("/")
    names = _words()["names"]
    if browser in names and system in names:
        return gettext("%(browser)s on %(system)s", browser=names[browser], system=names[system])
    return names.get(browser) or names.get(system) or gettext("Unknown device")


def _first(words: Mapping[str, str], said: str) -> str:
    return next((code for code, word in words.items() if word in said), "")


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(resources.files("app.accounts").joinpath("devices.toml").read_text("utf-8"))


def _digest(email: str) -> bytes:
    return server_box.digest("device", f"{token()}|{email.strip().lower()}")


def _set_cookie(value: str) -> None:
    @after_this_request
    def put(response: Response) -> Response:
        response.set_cookie(
            COOKIE,
            value,
            max_age=KEPT,
            path=PATH,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Strict",
        )
        return response
