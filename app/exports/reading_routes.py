"""The pages on which a person of the desk reads what is to go out, and says whether it may."""

from __future__ import annotations

import uuid
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app.accounts.forms import FormState
from app.accounts.permissions import Permission, may
from app.accounts.session import current_user
from app.casework.complaints import from_casework, from_validation, status_of
from app.casework.errors import CaseworkError
from app.casework.highlighting import Evidence, cut
from app.casework.tokens import MaskLabel
from app.database import db, transaction
from app.exports import release_texts
from app.exports.fields import residual_risk_limit
from app.models import ReleaseState, ReleaseText

blueprint = Blueprint("readings", __name__, url_prefix="/desk/exports/readings")
SHOWN_AT_ONCE = 100
_MENDED_HERE = frozenset({"reason_short", "mask_short", "mask_long", "mask_missing", "release_changed"})


class DecisionIn(Schema):
    """What somebody says about a text; `digest` is that of the account as it was shown."""

    class Meta:
        unknown = EXCLUDE

    decision = fields.String(required=True, validate=validate.OneOf(["read", "refused", "waiting"]))
    digest = fields.String(load_default="")
    reason = fields.String(load_default="", validate=validate.Length(max=2000, error="text_long"))


class HidingIn(Schema):
    """Words to hide, and what they are."""

    class Meta:
        unknown = EXCLUDE

    words = fields.String(load_default="", validate=validate.Length(max=2000, error="mask_long"))
    label = fields.String(load_default="person", validate=validate.OneOf(list(map(str, MaskLabel))))


@blueprint.before_request
def _check_may_read() -> None:
    """Partners' analysts verify cases too, but what goes out is the desk's to read."""
    if not release_texts.may_read(current_user()):
        abort(HTTPStatus.FORBIDDEN)


@blueprint.errorhandler(CaseworkError)
def _refuse(error: CaseworkError) -> ResponseReturnValue:
    """What no form of these pages can mend."""
    return render_template("error.html", status=status_of(error)), status_of(error)


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """The texts in one state, the riskiest first."""
    asked = request.args.get("state", "")
    state = ReleaseState(asked) if asked in set(ReleaseState) else ReleaseState.WAITING
    found = release_texts.texts_in(db.session(), current_user(), state, limit=SHOWN_AT_ONCE + 1)
    return render_template(
        "desk/readings.html",
        state=str(state),
        texts=found[:SHOWN_AT_ONCE],
        has_more=len(found) > SHOWN_AT_ONCE,
        limit=residual_risk_limit(),
    )


@blueprint.get("/<uuid:text_id>")
def show(text_id: uuid.UUID) -> ResponseReturnValue:
    """One text, with the words that somebody should look at. That it was read is on record, as on the case's page."""
    with transaction() as session:
        release_texts.note_reading(session, current_user(), text_id)
    return _page(text_id, FormState())


@blueprint.post("/<uuid:text_id>")
def decide(text_id: uuid.UUID) -> ResponseReturnValue:
    """Say that it may go out, that it must not, or take that back."""
    try:
        data = DecisionIn().load(request.form.to_dict())
        with transaction() as session:
            state = ReleaseState(data["decision"])
            release_texts.decide(
                session, current_user(), text_id, state, digest=data["digest"], reason=data["reason"]
            )
    except ValidationError as error:
        return _page(text_id, from_validation("decision", request.form.to_dict(), error))
    except CaseworkError as error:
        return _page(text_id, _form("decision", error))
    flash(_DONE[state]())
    back = "readings.show" if state is ReleaseState.WAITING else "readings.overview"
    arguments = {"text_id": text_id} if state is ReleaseState.WAITING else {}
    return redirect(url_for(back, **arguments), HTTPStatus.SEE_OTHER)  # type: ignore[arg-type]


@blueprint.post("/<uuid:text_id>/hide")
def hide(text_id: uuid.UUID) -> ResponseReturnValue:
    """Hide words in the case; its text is made ready anew by a worker."""
    try:
        data = HidingIn().load(request.form.to_dict())
        with transaction() as session:
            count = release_texts.hide_words(
                session, current_user(), text_id, data["words"], MaskLabel(data["label"])
            )
    except ValidationError as error:
        return _page(text_id, from_validation("hiding", request.form.to_dict(), error))
    except CaseworkError as error:
        return _page(text_id, _form("hiding", error))
    flash(
        ngettext(
            "Hidden in %(num)s message. The text is read by the machine again and comes back here if need be.",
            "Hidden in %(num)s messages. The text is read by the machine again and comes back here if need be.",
            count,
        )
    )
    return redirect(url_for("readings.overview"), HTTPStatus.SEE_OTHER)


_DONE = {
    ReleaseState.READ: lambda: gettext("The account may go out."),
    ReleaseState.REFUSED: lambda: gettext("The account does not go out."),
    ReleaseState.WAITING: lambda: gettext("Your decision is taken back: the account waits to be read."),
}


def _form(name: str, error: CaseworkError) -> FormState:
    """The form again with what is wrong; what isn't about a field can't be mended here and goes on."""
    if error.code not in _MENDED_HERE:
        raise error
    return from_casework(name, request.form.to_dict(), error)


def _page(text_id: uuid.UUID, form: FormState) -> ResponseReturnValue:
    user = current_user()
    text = release_texts.text_for(db.session(), user, text_id)
    page = render_template(
        "desk/reading.html",
        text=text,
        case=text.case,
        pieces=cut(text.text, _doubts(text)),
        doubts=[(text.text[each["start"] : each["end"]], each["reason"]) for each in text.doubts],
        limit=residual_risk_limit(),
        form=form,
        may_hide=may(user.role, Permission.WORK_ON_CASES),
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _doubts(text: ReleaseText) -> list[Evidence]:
    return [Evidence(each["start"], each["end"], at) for at, each in enumerate(text.doubts, 1)]
