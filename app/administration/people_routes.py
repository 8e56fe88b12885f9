"""The pages of an organisation's people: inviting, changing, a new start for who lost a password, closing."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext, lazy_gettext

from app.accounts import people as service
from app.accounts.factors import factors_of
from app.accounts.forms import FormState
from app.accounts.links import MadeLink, is_open
from app.accounts.open_sessions import open_sessions
from app.accounts.service import AccountError
from app.accounts.session import current_user
from app.accounts.session_routes import limits
from app.casework.wording import ROLES
from app.clock import BAMAKO, utcnow
from app.current import current_settings
from app.database import db, transaction
from app.models import User

blueprint = Blueprint("people", __name__, url_prefix="/desk/people")

_PROBLEMS = {
    "email_malformed": ("email", lazy_gettext("That is not an e-mail address.")),
    "email_taken": ("email", lazy_gettext("There is an account with that address already.")),
    "name_missing": ("display_name", lazy_gettext("Enter a name.")),
    "role": ("role", lazy_gettext("Choose one of the list.")),
    "organisation": ("organisation", lazy_gettext("Choose one of the list.")),
}
_FIELDS = ("email", "display_name", "role", "organisation")


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Everybody whom one may manage, who is invited, and the form to invite another."""
    return _overview(FormState())


@blueprint.post("")
def invite() -> ResponseReturnValue:
    """Invite somebody, and show the link this once."""
    try:
        with transaction() as session:
            made = service.invite(
                session,
                current_user(),
                email=request.form.get("email", ""),
                display_name=request.form.get("display_name", ""),
                role=request.form.get("role", ""),
                organisation_id=_organisation(),
            )
    except AccountError as error:
        return _overview(_refused("invite", error)), HTTPStatus.UNPROCESSABLE_ENTITY
    return _link_page(made)


@blueprint.post("/invitations/<uuid:link_id>/again")
def invite_again(link_id: uuid.UUID) -> ResponseReturnValue:
    """A fresh link in place of the earlier one."""
    try:
        with transaction() as session:
            made = service.invite_again(session, current_user(), link_id)
    except AccountError:
        abort(HTTPStatus.NOT_FOUND)
    return _link_page(made)


@blueprint.post("/invitations/<uuid:link_id>/withdraw")
def withdraw(link_id: uuid.UUID) -> ResponseReturnValue:
    """Take an invitation back."""
    try:
        with transaction() as session:
            service.withdraw(session, current_user(), link_id)
    except AccountError:
        abort(HTTPStatus.NOT_FOUND)
    flash(gettext("The invitation is withdrawn: its link leads nowhere."))
    return redirect(url_for("people.overview"), HTTPStatus.SEE_OTHER)


@blueprint.get("/<uuid:user_id>")
def edit(user_id: uuid.UUID) -> ResponseReturnValue:
    """One person: role, organisation, sessions, a new start, closing."""
    return _page(_found(user_id), FormState())


@blueprint.post("/<uuid:user_id>")
def change(user_id: uuid.UUID) -> ResponseReturnValue:
    """Give a person another role or organisation."""
    role = request.form.get("role", "")
    try:
        with transaction() as session:
            service.change(session, current_user(), user_id, role=role, organisation_id=_organisation())
    except AccountError as error:
        if error.code == "not_found":
            abort(HTTPStatus.NOT_FOUND)
        return _page(_found(user_id), _refused("person", error)), HTTPStatus.UNPROCESSABLE_ENTITY
    return _back(user_id, gettext("Kept."))


@blueprint.post("/<uuid:user_id>/close")
def close(user_id: uuid.UUID) -> ResponseReturnValue:
    """Close an account."""
    user = _found(user_id)
    if request.form.get("confirmed") != "yes":
        words = gettext("Tick the box to say that you have read this.")
        return _page(user, FormState("close", {}, {"confirmed": words})), HTTPStatus.UNPROCESSABLE_ENTITY
    with transaction() as session:
        service.close(session, current_user(), user_id)
    return _back(user_id, gettext("The account is closed and its sessions have ended."))


@blueprint.post("/<uuid:user_id>/reopen")
def reopen(user_id: uuid.UUID) -> ResponseReturnValue:
    """Open a closed account again."""
    _found(user_id)
    with transaction() as session:
        service.reopen(session, current_user(), user_id)
    return _back(user_id, gettext("The account is open again."))


@blueprint.post("/<uuid:user_id>/end-sessions")
def end_sessions(user_id: uuid.UUID) -> ResponseReturnValue:
    """End all sessions of a person."""
    _found(user_id)
    with transaction() as session:
        service.end_sessions(session, current_user(), user_id)
    return _back(user_id, gettext("All sessions of this person have ended."))


@blueprint.post("/<uuid:user_id>/reset")
def make_reset(user_id: uuid.UUID) -> ResponseReturnValue:
    """A link for a new password; the page says before what is lost with the old one."""
    user = _found(user_id)
    if request.form.get("confirmed") != "yes":
        words = gettext("Tick the box to say that you have read this.")
        return _page(user, FormState("reset", {}, {"confirmed": words})), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with transaction() as session:
            with_factors = request.form.get("with_factors") == "yes"
            made = service.make_reset(session, current_user(), user_id, with_factors=with_factors)
    except AccountError:
        abort(HTTPStatus.NOT_FOUND)
    return _link_page(made)


def _organisation() -> uuid.UUID | None:
    try:
        return uuid.UUID(request.form.get("organisation", ""))
    except ValueError:
        return None


def _found(user_id: uuid.UUID) -> User:
    try:
        return service.managed(db.session(), current_user(), user_id)
    except AccountError:
        abort(HTTPStatus.NOT_FOUND)


def _back(user_id: uuid.UUID, words: str) -> ResponseReturnValue:
    flash(words)
    return redirect(url_for("people.edit", user_id=user_id), HTTPStatus.SEE_OTHER)


def _refused(form: str, error: AccountError) -> FormState:
    where, message = _PROBLEMS[error.code]
    typed = {name: request.form.get(name, "")[:254] for name in _FIELDS}
    return FormState(form, typed, {where: str(message)})


def _choices() -> dict[str, object]:
    session, user = db.session(), current_user()
    return {
        "organisations": [(str(each.id), each.name) for each in service.organisations_of(session, user)],
        "roles": [(str(each), ROLES[each]) for each in service.roles_given_by(user)],
    }


def _overview(form: FormState) -> str:
    session, user = db.session(), current_user()
    now, there = utcnow(), service.people_managed_by(session, user)
    given = service.roles_given_by(user)
    return render_template(
        "desk/people.html",
        form=form,
        people=there,
        has_factor={each.id: factors_of(session, each).is_any for each in there},
        may_change={each.id for each in there if each.id != user.id and each.role in given},
        invitations=[(each, is_open(each, now)) for each in service.open_invitations(session, user)],
        week_of=week_of,
        **_choices(),
    )


def _page(user: User, form: FormState) -> str:
    session = db.session()
    return render_template(
        "desk/people_one.html",
        form=form,
        person=user,
        factors=factors_of(session, user),
        session_count=len(open_sessions(session, user, limits())),
        week_of=week_of,
        **_choices(),
    )


def _link_page(made: MadeLink) -> str:
    settings = current_settings()
    return render_template(
        "desk/people_link.html",
        link=made.link,
        address=f"{settings.public_url}{url_for('accounts.link_form', token=made.token)}",
        is_mailed=made.link.sealed_link is not None,
    )


def week_of(moment: datetime | None) -> str:
    """The week of a moment, by its Monday: when somebody last signed in is nobody's business by the hour."""
    if moment is None:
        return gettext("never")
    day = moment.astimezone(BAMAKO).date()
    return gettext("week of %(day)s", day=format_date(day - timedelta(days=day.weekday()), "medium"))
