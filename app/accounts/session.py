"""Who is signed in: server-side sessions in Valkey, ended by idleness, by age, by a password change, and by whoever
ends them in the list of a person's sessions."""

from __future__ import annotations

import uuid
from datetime import timedelta
from http import HTTPStatus
from typing import cast

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_session import Session as ServerSideSession
from sqlalchemy import select

from app.accounts.permissions import ENDPOINTS, Permission, may
from app.clock import utcnow
from app.current import current_settings
from app.database import db, transaction
from app.models import User, UserSession
from app.queue import connection
from app.settings import Settings

DESK_PATH = "/desk"
KEPT_AT_SIGN_IN = (
    "safe"  # the person's own open safe, put here when their password was verified (app/safe/keeping.py)
)
STRONG = "is_strong"  # a second factor was given in this session
PROVED_AT = "proved_at"  # when the person last proved who they are
LISTED_EVERY_SECONDS = 300  # how exact the list of sessions is about when one was last used
# Asked for by pages that are left open: they are no sign that somebody is there.
_BY_ITSELF = frozenset({"notifications.fresh", "casework.fresh", "casework.fresh_rows", "casework.presence"})
# What is open to who must give themselves a new password first.
_BEFORE_NEW_PASSWORD = frozenset(
    {
        "accounts.account",
        "accounts.change_password",
        "accounts.change_language",
        "accounts.sign_out",
        "notifications.fresh",
    }
)


def init_sessions(app: Flask, settings: Settings) -> None:
    """Keep sessions in Valkey under a cookie that only the desk's pages get, and guard every route."""
    app.config.update(
        SESSION_TYPE="redis",
        SESSION_REDIS=connection(settings.redis_url),
        SESSION_KEY_PREFIX="seere:session:",
        SESSION_PERMANENT=True,
        PERMANENT_SESSION_LIFETIME=timedelta(minutes=settings.idle_minutes),
        SESSION_COOKIE_NAME="seere_desk",
        SESSION_COOKIE_PATH=DESK_PATH,
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
    )
    ServerSideSession(app)
    app.before_request(_guard)


def begin(user: User, listed: UserSession, *, is_strong: bool) -> None:
    """Start a fresh session for somebody who just proved who they are; the old identifier is thrown away.

    `listed` is its line in the person's list of sessions: who ends that ends this.
    """
    renew(str(user.id))
    now = utcnow().timestamp()
    session["user_id"], session["listed"] = str(user.id), str(listed.id)
    session["epoch"] = user.session_epoch
    session["started_at"] = session["seen_at"] = session["listed_at"] = session[PROVED_AT] = now
    session[STRONG] = is_strong
    g.pop("signed_in_user", None)


def renew(user_id: str) -> None:
    """Empty the session under a new identifier, but for the open safe of this person."""
    kept = session.get(KEPT_AT_SIGN_IN)
    session.clear()
    current_app.session_interface.regenerate(session)  # type: ignore[attr-defined]
    if isinstance(kept, dict) and kept.get("user") == user_id:
        session[KEPT_AT_SIGN_IN] = kept


def end() -> None:
    """Forget the session here and in Valkey."""
    session.clear()


def current_user() -> User:
    """The person signed in. Only for routes that need an account."""
    user = signed_in_user()
    if user is None:
        abort(HTTPStatus.UNAUTHORIZED)
    return user


def signed_in_user() -> User | None:
    """The person signed in, or None; asked of the session only under the desk's path."""
    if "signed_in_user" not in g:
        g.signed_in_user = _load() if request.path.startswith(DESK_PATH) else None
    return cast("User | None", g.signed_in_user)


def is_strong() -> bool:
    """Whether the person of this request passed a second factor in this session."""
    return signed_in_user() is not None and session.get(STRONG) is True


def this_session() -> uuid.UUID | None:
    """Which line of the person's list of sessions this one is."""
    listed = session.get("listed")
    return uuid.UUID(str(listed)) if listed else None


def _load() -> User | None:
    user_id, listed = session.get("user_id"), this_session()
    if user_id is None or listed is None or _is_over():
        return None
    going_on = select(User).join(UserSession, UserSession.user_id == User.id)
    user = db.session.scalar(
        going_on.where(
            UserSession.id == listed, UserSession.ended_at.is_(None), User.id == uuid.UUID(user_id)
        )
    )
    is_valid = user is not None and user.is_active and user.organisation.is_active
    return user if user and is_valid and user.session_epoch == session.get("epoch") else None


def _is_over() -> bool:
    """Whether the session is too old, or was left alone for too long; a page that asks by itself isn't anybody."""
    now, settings = utcnow().timestamp(), current_settings()
    is_old = now - float(session.get("started_at", 0.0)) > settings.session_hours * 3600
    return is_old or now - float(session.get("seen_at", 0.0)) > settings.idle_minutes * 60


def _note_use() -> None:
    """Remember that somebody is there; every few minutes in their list of sessions too."""
    now = utcnow()
    if request.endpoint not in _BY_ITSELF:
        session["seen_at"] = now.timestamp()
    if now.timestamp() - session.get("listed_at", 0.0) < LISTED_EVERY_SECONDS:
        return
    session["listed_at"] = now.timestamp()
    with transaction() as writing:
        listed = writing.get(UserSession, this_session())
        if listed is not None:
            listed.seen_at = now


def _guard() -> ResponseReturnValue | None:
    """Refuse what the permission table doesn't allow; a route that isn't in it is refused to everybody."""
    if request.endpoint is None:
        return None  # no such route: 404 or 405 follows
    permission = ENDPOINTS.get(request.endpoint)
    if permission is Permission.PUBLIC:
        return None
    if permission is Permission.SIMULATE:
        settings = current_settings()
        return None if settings.demonstration else abort(HTTPStatus.NOT_FOUND)
    user = signed_in_user()
    if user is None and permission is not None:
        return redirect(url_for("accounts.sign_in_form", next=_way_back()))
    if permission is None or user is None or not may(user.role, permission):
        abort(HTTPStatus.FORBIDDEN)
    _note_use()
    if user.must_change_password and request.endpoint not in _BEFORE_NEW_PASSWORD:
        return redirect(url_for("accounts.account", _anchor="password"))
    return None


def _way_back() -> str | None:
    return request.full_path.rstrip("?") if request.method == "GET" else None
