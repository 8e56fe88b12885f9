"""Hiding parts of a picture on the copy that may be shared."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import ValidationError

from app.accounts.forms import FormState
from app.accounts.session import current_user
from app.casework.complaints import from_casework, from_validation, status_of
from app.casework.errors import CaseworkError
from app.database import db, transaction
from app.evidence import service
from app.evidence.schemas import HidingIn, wanted

blueprint = Blueprint("evidence", __name__, url_prefix="/desk/evidence")
_FORM = "hiding"
_LISTED = "rectangle"


@blueprint.app_template_filter("hiding_mark")
def _hiding_mark(rectangles: list[list[float]]) -> str:
    """What the form carries to say which rectangles it was drawn with."""
    return service.mark(rectangles)


@blueprint.post("/<uuid:attachment_id>/blur")
def blur(attachment_id: uuid.UUID) -> ResponseReturnValue:
    """Hide these parts of a picture from now on, and go back to the case."""
    typed = request.form.to_dict()
    try:
        data = HidingIn().load({**typed, _LISTED: request.form.getlist(_LISTED)})
        rectangles = wanted(data)
        with transaction() as session:
            service.hide(
                session,
                current_user(),
                attachment_id,
                rectangles,
                case_id=data["case"],
                seen=data["seen"],
            )
    except ValidationError as error:
        return _again(attachment_id, typed, from_validation(_FORM, typed, _flat(error)))
    except CaseworkError as error:
        status = status_of(error)
        if status in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}:
            abort(status)
        return _again(attachment_id, typed, from_casework(_FORM, typed, error), status)
    flash(gettext("In a moment the copy is made anew. Open it then, and look at it once more."))
    back = url_for("casework.case", case_id=data["case"], _anchor="conversation")
    return redirect(back, HTTPStatus.SEE_OTHER)


def _flat(error: ValidationError) -> ValidationError:
    """Whatever was wrong with a part, said once, beside the fields where one is typed."""
    found = error.messages if isinstance(error.messages, dict) else {}
    is_too_many = found.get(_LISTED) == ["rectangles_many"]
    return ValidationError({"left": ["rectangles_many" if is_too_many else "rectangle"]})


def _again(
    attachment_id: uuid.UUID,
    typed: Mapping[str, str],
    form: FormState,
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY,
) -> ResponseReturnValue:
    """The form once more on a page of its own, as things stand now; without the picture, which was opened elsewhere."""
    try:
        case_id = uuid.UUID(typed.get("case", ""))
        case, attachment = service.picture(db.session(), current_user(), attachment_id, case_id=case_id)
    except (ValueError, CaseworkError):
        abort(HTTPStatus.NOT_FOUND)
    return render_template("desk/hiding.html", form=form, case=case, picture=attachment), status
