"""Who is signed in: server-side sessions in Valkey, ended by idleness, by age, and by a password change."""

from __future__ import annotations

import uuid
from datetime import timedelta
from http import HTTPStatus
from typing import cast

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_session import Session as ServerSideSession

from app.accounts.permissions import ENDPOINTS, Permission, may
from app.clock import utcnow
from app.current import current_settings
from app.database import db
from app.models import User
from app.queue import connection
from app.settings import Settings

DESK_PATH = "/desk"


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


def begin(user: User) -> None:
    """Start a fresh session for somebody who just proved who they are; the old identifier is thrown away."""
    session.clear()
    current_app.session_interface.regenerate(session)  # type: ignore[attr-defined]
    session["user_id"] = str(user.id)
    session["epoch"] = user.session_epoch
    session["started_at"] = utcnow().timestamp()


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


def _load() -> User | None:
    user_id, started_at = session.get("user_id"), session.get("started_at", 0.0)
    settings = current_settings()
    if user_id is None or utcnow().timestamp() - started_at > settings.session_hours * 3600:
        return None
    user = db.session.get(User, uuid.UUID(user_id))
    is_valid = user is not None and user.is_active and user.organisation.is_active
    return user if user and is_valid and user.session_epoch == session.get("epoch") else None


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
    return None


def _way_back() -> str | None:
    return request.full_path.rstrip("?") if request.method == "GET" else None
