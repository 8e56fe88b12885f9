"""The pages of an organisation's safe: who is in, letting in, shutting out."""

from __future__ import annotations

import uuid
from http import HTTPStatus

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.forms import FormState
from app.accounts.session import current_user
from app.database import db, transaction
from app.models import User
from app.safe import grants
from app.safe.errors import SafeError
from app.safe.losing import Loss, loss_of
from app.safe.unlocking import must_be_unlocked, unlocked
from app.safe_pages import key_routes, own_routes
from app.safe_pages.blueprint import blueprint
from app.safe_pages.pages import refused, show
from app.safe_pages.views import reports_held

__all__ = ["blueprint", "key_routes", "own_routes"]


@blueprint.app_template_global("safe_loss")
def safe_loss(person: User) -> Loss:
    """What is lost with a person's password, for the pages on which one is changed or reset."""
    return loss_of(db.session(), person)


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """The safe of one's organisation: its key, who is in, who waits, and what is due."""
    return show(FormState())


@blueprint.get("/members/<uuid:member_id>/let-in")
def grant_form(member_id: uuid.UUID) -> ResponseReturnValue:
    """What a colleague will be able to read, before they are let in."""
    there = grants.waiting(db.session(), current_user().organisation_id)
    return _about(member_id, list(there), "desk/safe_let_in.html")


@blueprint.post("/members/<uuid:member_id>/let-in")
def grant(member_id: uuid.UUID) -> ResponseReturnValue:
    """Let a colleague in."""
    try:
        held = must_be_unlocked()
        with transaction() as session:
            member = grants.grant(session, current_user(), held, member_id)
    except SafeError as error:
        return refused(error.code)
    flash(gettext("%(name)s can open from now on.", name=member.display_name))
    return redirect(url_for("safe.overview"), HTTPStatus.SEE_OTHER)


@blueprint.get("/members/<uuid:member_id>/shut-out")
def remove_form(member_id: uuid.UUID) -> ResponseReturnValue:
    """What it means to shut a colleague out."""
    there = grants.members(db.session(), current_user().organisation_id)
    colleagues = [member.user for member in there if member.user.id != current_user().id]
    return _about(member_id, colleagues, "desk/safe_shut_out.html")


@blueprint.post("/members/<uuid:member_id>/shut-out")
def remove(member_id: uuid.UUID) -> ResponseReturnValue:
    """Shut a colleague out; a new key is due then."""
    try:
        held = must_be_unlocked()
        with transaction() as session:
            grants.remove(session, current_user(), held, member_id)
    except SafeError as error:
        return refused(error.code)
    flash(gettext("They can’t open any more. Replace the key now: they may have known it."))
    return redirect(url_for("safe.overview"), HTTPStatus.SEE_OTHER)


def _about(member_id: uuid.UUID, people: list[User], template: str) -> ResponseReturnValue:
    member = next((each for each in people if each.id == member_id), None)
    if member is None:
        abort(HTTPStatus.NOT_FOUND)
    if unlocked() is None:
        return redirect(url_for("safe.unlock_form", next=request.path), HTTPStatus.SEE_OTHER)
    session, user = db.session(), current_user()
    return render_template(template, member=member, count=reports_held(session, user), user=user)
