"""One's own sessions: where one is signed in, ending them, and "this wasn't me"."""

from __future__ import annotations

import uuid
from datetime import timedelta
from http import HTTPStatus

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import devices, open_sessions
from app.accounts.blueprint import blueprint
from app.accounts.open_sessions import Limits
from app.accounts.session import current_user, this_session
from app.current import current_settings
from app.database import db, transaction
from app.models import User


@blueprint.get("/account/sessions")
def sessions() -> ResponseReturnValue:
    """Where one is signed in, for how long that lasts, and what to do when one of them is somebody else."""
    settings = current_settings()
    return render_template(
        "desk/account_sessions.html",
        sessions=open_sessions.open_sessions(db.session(), current_user(), limits()),
        this_one=this_session(),
        in_words=devices.in_words,
        idle_minutes=settings.idle_minutes,
        session_hours=settings.session_hours,
    )


@blueprint.post("/account/sessions/<uuid:session_id>/end")
def end_session(session_id: uuid.UUID) -> ResponseReturnValue:
    """End one session, in another browser or this one."""
    user = current_user()
    with transaction() as session:
        is_ended = open_sessions.end_one(session, user, session_id, actor=f"user:{user.id}")
    if not is_ended:
        abort(HTTPStatus.NOT_FOUND)
    flash(gettext("That session has ended."))
    return redirect(url_for("accounts.sessions"), HTTPStatus.SEE_OTHER)


@blueprint.post("/account/sessions/end-others")
def end_other_sessions() -> ResponseReturnValue:
    """End all sessions but this one."""
    user = current_user()
    with transaction() as session:
        open_sessions.end_all(session, user, actor=f"user:{user.id}", but=this_session())
    flash(gettext("You are signed out everywhere else."))
    return redirect(url_for("accounts.sessions"), HTTPStatus.SEE_OTHER)


@blueprint.post("/account/sessions/not-me")
def disown_session() -> ResponseReturnValue:
    """Somebody else signed in: everything else ends at once, and a new password is due."""
    with transaction() as session:
        open_sessions.disown(session, session.get_one(User, current_user().id), but=this_session())
    flash(gettext("You are signed out everywhere else. Give yourself a new password now."))
    return redirect(url_for("accounts.account", _anchor="password"), HTTPStatus.SEE_OTHER)


def limits() -> Limits:
    """For how long sessions go on in this installation."""
    settings = current_settings()
    return Limits(timedelta(minutes=settings.idle_minutes), timedelta(hours=settings.session_hours))
