"""The page of people who rang and hung up."""

from __future__ import annotations

import uuid
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.forms import FormState
from app.accounts.session import current_user
from app.call_backs import service
from app.casework.complaints import status_of
from app.casework.errors import CaseworkError
from app.database import db, transaction
from app.openings.subjects import may_open

blueprint = Blueprint("call_backs", __name__, url_prefix="/desk/call-backs")


@blueprint.get("")
def requests() -> ResponseReturnValue:
    """Who waits to be called back, and who was within a week."""
    if not may_open(current_user()):
        abort(HTTPStatus.FORBIDDEN)
    session = db.session()
    return render_template(
        "desk/call_backs.html",
        waiting=service.open_requests(session),
        done=service.done_requests(session),
        form=FormState(),
    )


@blueprint.post("/<uuid:request_id>")
def mark_done(request_id: uuid.UUID) -> ResponseReturnValue:
    """Say that somebody was called back."""
    try:
        with transaction() as session:
            service.mark_done(session, current_user(), request_id)
    except CaseworkError as error:
        abort(status_of(error))
    flash(gettext("Marked as called back."))
    return redirect(url_for("call_backs.requests"), HTTPStatus.SEE_OTHER)
