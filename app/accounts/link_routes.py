"""The pages behind a single-use link: accepting an invitation, and setting a new password.

The token is in the address of the first page only: no log keeps addresses, and no page here sends a referrer.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from app.accounts import arriving, links
from app.accounts.blueprint import blueprint
from app.accounts.entering import go_on
from app.accounts.forms import FormState
from app.accounts.service import AccountError
from app.accounts.session import end, signed_in_user
from app.database import db, transaction
from app.models import LinkPurpose, User
from app.safe.unlocking import at_sign_in

_PROBLEMS = {
    "name_missing": ("display_name", lazy_gettext("Enter your name.")),
    "language": ("language", lazy_gettext("Choose one of the list.")),
    "email_taken": ("", lazy_gettext("There is an account with that address already.")),
    "password_short": ("new", lazy_gettext("Use at least 12 characters, for example four words.")),
    "password_long": ("new", lazy_gettext("Use at most 200 characters.")),
    "password_differs": ("repeated", lazy_gettext("The two new passwords are not the same.")),
}


@blueprint.get("/link/<token>")
def link_form(token: str) -> ResponseReturnValue:
    """What the link is for, as a form; for one that is used, withdrawn or too old, what to do."""
    return _page(token, FormState())


@blueprint.post("/link")
def use_link() -> ResponseReturnValue:
    """Make the account or set the password, and go in."""
    token, password = request.form.get("token", ""), request.form.get("new", "")
    try:
        user = _arrived(token, password)
    except AccountError as error:
        if error.code == "link_gone":
            return _gone()
        where, message = _PROBLEMS[error.code]
        form = FormState("link", _typed(), {where: str(message)})
        return _page(token, form)
    end()
    answer = go_on(user, "", way="link")
    at_sign_in(user, password)
    return answer


def _arrived(token: str, password: str) -> User:
    if password != request.form.get("repeated", ""):
        raise AccountError("password_differs")
    with transaction() as session:
        link = links.found(session, token)
        if link is None or link.purpose != LinkPurpose.INVITATION:
            return arriving.set_new_password(session, token, password)
        return arriving.accept(
            session,
            token,
            display_name=request.form.get("display_name", ""),
            language=request.form.get("language", ""),
            password=password,
        )


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "")[:120] for name in ("display_name", "language")}


def _gone() -> ResponseReturnValue:
    return render_template("desk/invitation_gone.html"), HTTPStatus.GONE


def _page(token: str, form: FormState) -> ResponseReturnValue:
    link = links.found(db.session(), token)
    if link is None:
        return _gone()
    page = render_template(
        "desk/invitation.html",
        link=link,
        person=db.session().get(User, link.user_id) if link.user_id else None,
        token=token,
        form=form,
        is_invitation=link.purpose == LinkPurpose.INVITATION,
        is_signed_in=signed_in_user() is not None,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
