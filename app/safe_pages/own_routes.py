"""A person's own part of the safe: unlocking it in this session, locking it, and a password of its own."""

from __future__ import annotations

from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import audit
from app.accounts.desk_pages import safe_next
from app.accounts.forms import FormState
from app.accounts.passwords import MAXIMUM_LENGTH
from app.accounts.service import AccountError, check_password_rules
from app.accounts.session import current_user
from app.audit import Action
from app.current import current_limits
from app.database import db, transaction
from app.limits import SIGN_INS
from app.models import User
from app.safe import unlocking, user_keys
from app.safe.errors import SafeError
from app.safe.grants import is_last_member
from app.safe_pages.blueprint import blueprint
from app.safe_pages.words import status_for, words_for


@blueprint.get("/unlock")
def unlock_form() -> ResponseReturnValue:
    """The password of the safe; for who has none yet, two fields to give it one."""
    return _page(FormState())


@blueprint.post("/unlock")
def unlock() -> ResponseReturnValue:
    """Unlock with the safe's password, and go back where one was."""
    user, password = current_user(), request.form.get("password", "")[:MAXIMUM_LENGTH]
    if not current_limits().is_allowed(SIGN_INS, _who(user)):
        return _refused("unlock", "password", "too_many")
    if unlocking.unlock(db.session(), user, password) is None:
        _note(user, Action.SAFE_UNLOCK_REFUSED)
        current_limits().count(SIGN_INS, _who(user))
        return _refused("unlock", "password", "password_wrong")
    _note(user, Action.SAFE_UNLOCKED)
    return redirect(_onward(), HTTPStatus.SEE_OTHER)


@blueprint.post("/password")
def set_password() -> ResponseReturnValue:
    """Give the safe its first password, for who signs in without one here."""
    user, new = current_user(), request.form.get("new", "")
    try:
        _check_new(new)
    except SafeError as error:
        where = "repeated" if error.code == "password_differs" else "new"
        return _refused("own", where, error.code)
    if unlocking.at_sign_in(user, new) is None:
        return _refused("unlock", "password", "password_wrong")
    return redirect(_onward(), HTTPStatus.SEE_OTHER)


@blueprint.post("/start-again")
def start_again() -> ResponseReturnValue:
    """Throw away the own key, whose password is lost, for a new one; the page says before what that costs."""
    user = current_user()
    if request.form.get("confirmed") != "yes":
        return _refused("again", "confirmed", "not_confirmed")
    try:
        unlocking.check_factor()
    except SafeError as error:
        return _refused("again", "", error.code)
    with transaction() as session:
        user_keys.forget(session, session.get_one(User, user.id), actor=f"user:{user.id}")
    unlocking.lock()
    return redirect(url_for("safe.unlock_form", next=request.form.get("next") or None), HTTPStatus.SEE_OTHER)


@blueprint.post("/lock")
def lock() -> ResponseReturnValue:
    """Lock the safe in this session."""
    unlocking.lock()
    flash(gettext("Your safe is locked."))
    return redirect(url_for("safe.overview"), HTTPStatus.SEE_OTHER)


def _who(user: User) -> str:
    return f"safe:{user.id}"


def _check_new(new: str) -> None:
    """Raises SafeError for a password that can't be one."""
    try:
        check_password_rules(new)
    except AccountError as error:
        raise SafeError(error.code) from error
    if new != request.form.get("repeated", ""):
        raise SafeError("password_differs")


def _note(user: User, action: Action) -> None:
    with transaction() as session:
        audit.record(session, action, f"user:{user.id}", actor=f"user:{user.id}")


def _onward() -> str:
    return safe_next(request.form.get("next", "")) or url_for("safe.overview")


def _refused(form: str, field: str, code: str) -> ResponseReturnValue:
    return _page(FormState(form, {}, {field: words_for(code)})), status_for(code)


def _page(form: FormState) -> str:
    session, user = db.session(), current_user()
    return render_template(
        "desk/safe_unlock.html",
        form=form,
        user=user,
        next=safe_next(request.values.get("next", "")),
        has_key=user_keys.key_of(session, user.id) is not None,
        is_alone=is_last_member(session, user),
    )
