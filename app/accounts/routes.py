"""Signing in and out, and a person's own account."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext, refresh
from flask_wtf.csrf import CSRFError
from marshmallow import ValidationError

from app import audit
from app.accounts import (
    devices,
    factor_routes,
    link_routes,
    open_sessions,
    schemas,
    service,
    service_routes,
    session_routes,
    step_routes,
    throttling,
)
from app.accounts.blueprint import blueprint
from app.accounts.desk_pages import landing, safe_next
from app.accounts.entering import begin_again, go_on
from app.accounts.forms import FormState
from app.accounts.service import AccountError
from app.accounts.session import current_user, end, signed_in_user, this_session
from app.accounts.waiting import too_many
from app.audit import Action
from app.database import transaction
from app.languages import DESK_LANGUAGES
from app.models import User
from app.safe.unlocking import at_sign_in, lock

__all__ = ["blueprint", "factor_routes", "link_routes", "service_routes", "session_routes", "step_routes"]

_PROBLEMS = {
    "password_wrong": ("current", lazy_gettext("This is not your present password.")),
    "password_short": ("new", lazy_gettext("Use at least 12 characters, for example four words.")),
    "password_long": ("new", lazy_gettext("Use at most 200 characters.")),
    "password_differs": ("repeated", lazy_gettext("The two new passwords are not the same.")),
}


@blueprint.get("/sign-in")
def sign_in_form() -> ResponseReturnValue:
    """The form; somebody who is signed in goes on to their first page."""
    user = signed_in_user()
    if user is not None:
        return redirect(landing(user))
    return _form("")


@blueprint.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Begin a session. An unknown address, a wrong password and a closed account get one and the same answer."""
    email = request.form.get("email", "").strip().lower()[:254]
    tried = throttling.attempt(f"address:{email}", email=email)
    if tried.wait_seconds:
        return _form(too_many(tried.wait_seconds)), HTTPStatus.TOO_MANY_REQUESTS
    user = _recognise(request.form)
    if user is None:
        wrong = gettext("This address and password don't belong together. Check both.")
        return _form(wrong), HTTPStatus.UNPROCESSABLE_ENTITY
    tried.succeeded()
    answer = go_on(user, safe_next(request.form.get("next", "")) or "", way="password")
    at_sign_in(user, request.form.get("password", ""))
    return answer


def _form(error: str) -> str:
    onward = safe_next(request.values.get("next", ""))
    errors = {"email": error} if error else {}
    state = FormState("sign-in", {"email": request.form.get("email", "")[:254]}, errors)
    return render_template("desk/sign_in.html", form=state, next=onward)


def _recognise(form: Mapping[str, str]) -> User | None:
    try:
        typed = schemas.SignInIn().load(form)
    except ValidationError:
        return None
    is_known = devices.is_known(typed["email"])
    with transaction() as session:
        return service.sign_in(session, typed["email"], typed["password"], is_known_device=is_known)


@blueprint.errorhandler(CSRFError)
def form_too_old(_error: CSRFError) -> ResponseReturnValue:
    """A form whose session is over: ask again, with a fresh one."""
    old = gettext("This page had been open for too long. Please sign in again.")
    return _form(old), HTTPStatus.BAD_REQUEST


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session."""
    user, listed = current_user(), this_session()
    lock()
    with transaction() as session:
        if listed is not None:
            open_sessions.end_one(session, user, listed, actor=f"user:{user.id}")
        audit.record(session, Action.SIGNED_OUT, f"user:{user.id}", actor=f"user:{user.id}")
    end()
    flash(gettext("You are signed out."))
    return redirect(url_for("accounts.sign_in_form"), HTTPStatus.SEE_OTHER)


@blueprint.get("/account")
def account() -> ResponseReturnValue:
    """Who one is here; the password and the language can be changed."""
    return _account(FormState())


def _account(form: FormState) -> str:
    return render_template("desk/account.html", user=current_user(), form=form, offered=DESK_LANGUAGES)


@blueprint.post("/account/password")
def change_password() -> ResponseReturnValue:
    """Set a new password; the person's other sessions end, this one goes on."""
    user, typed = current_user(), schemas.PasswordIn().load(request.form)
    tried = throttling.attempt(f"factor:{user.id}", email=user.email)
    if tried.wait_seconds:
        form = FormState("password", {}, {"current": too_many(tried.wait_seconds)})
        return _account(form), HTTPStatus.TOO_MANY_REQUESTS
    try:
        user = _set_password(user, typed)
    except AccountError as error:
        if error.code != "password_wrong":
            tried.succeeded()
        where, message = _PROBLEMS[error.code]
        return _account(FormState("password", {}, {where: str(message)})), HTTPStatus.UNPROCESSABLE_ENTITY
    tried.succeeded()
    begin_again(user)
    flash(gettext("Your password is changed. You are signed out everywhere else."))
    return redirect(url_for("accounts.account"), HTTPStatus.SEE_OTHER)


def _set_password(user: User, typed: Mapping[str, Any]) -> User:
    if typed["new"] != typed["repeated"]:
        raise AccountError("password_differs")
    with transaction() as session:
        return service.change_password(session, user.id, typed["current"], typed["new"])


@blueprint.post("/account/language")
def change_language() -> ResponseReturnValue:
    """Set the language of the desk's pages."""
    user = current_user()
    try:
        chosen = schemas.LanguageIn().load(request.form)["language"]
    except ValidationError:
        message = gettext("Choose one of the list.")
        return _account(FormState("language", {}, {"language": message})), HTTPStatus.UNPROCESSABLE_ENTITY
    with transaction() as session:
        user.language = chosen
        detail = {"language": chosen}
        audit.record(session, Action.USER_CHANGED, f"user:{user.id}", actor=f"user:{user.id}", detail=detail)
    g.pop("page_language", None)  # from here on in the new one
    refresh()
    flash(gettext("Language kept."))
    return redirect(url_for("accounts.account"), HTTPStatus.SEE_OTHER)
