"""Places for deliveries: added, checked again, removed, by administrators."""

from __future__ import annotations

import uuid
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import ValidationError

from app.accounts.forms import FormState
from app.accounts.session import current_user
from app.casework.complaints import status_of
from app.casework.errors import CaseworkError
from app.casework.wording import organisation_option
from app.current import current_settings
from app.database import db, transaction
from app.deliveries import complaints, queries, schemas, targets, wording
from app.exports.judicial.certificates import PRIVATE
from app.exports.queries import recipients
from app.notifications.addresses import AddressRefused

blueprint = Blueprint("delivery_targets", __name__, url_prefix="/desk/administration/deliveries")

_ADD = "target"
_SECRET = frozenset({"user", "password", "private_key", "access_key", "secret_key", "mail"})


@blueprint.errorhandler(CaseworkError)
def refuse(error: CaseworkError) -> ResponseReturnValue:
    """What no form of these pages can mend."""
    return render_template("error.html", status=status_of(error)), status_of(error)


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """The places, and a form for another."""
    return _page(FormState())


@blueprint.post("")
def add() -> ResponseReturnValue:
    """Add a place. What opens it doesn't come back with a form that wasn't taken."""
    typed = {
        name: value for name, value in request.form.items() if name not in _SECRET and PRIVATE not in value
    }
    try:
        new = schemas.new_target(schemas.TargetIn().load(request.form.to_dict()))
        with transaction() as session:
            targets.add_target(session, current_settings(), current_user(), new)
    except ValidationError as error:
        return _page(complaints.from_validation(_ADD, typed, error))
    except AddressRefused as error:
        return _page(complaints.from_address(_ADD, typed, error))
    except CaseworkError as error:
        return _page(complaints.from_casework(_ADD, typed, error))
    flash(gettext("Kept. A worker looks now whether something can be brought there."))
    return _back()


@blueprint.post("/<uuid:target_id>/check")
def check(target_id: uuid.UUID) -> ResponseReturnValue:
    """Have a worker look again."""
    with transaction() as session:
        targets.check_again(session, current_user(), target_id)
    flash(gettext("A worker looks again. Come back in a minute."))
    return _back()


@blueprint.post("/<uuid:target_id>/remove")
def remove(target_id: uuid.UUID) -> ResponseReturnValue:
    """Take a place away, once that was confirmed."""
    if request.form.get("confirmed") != "yes":
        problem = {"confirmed": complaints.words_for("not_confirmed")}
        return _page(FormState(f"remove-{target_id}", {}, problem))
    with transaction() as session:
        targets.remove_target(session, current_user(), target_id)
    flash(gettext("The place was removed, and what opened it forgotten."))
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(url_for("delivery_targets.overview"), HTTPStatus.SEE_OTHER)


def _page(form: FormState) -> ResponseReturnValue:
    session = db.session()
    page = render_template(
        "desk/deliveries/targets.html",
        form=form,
        targets=queries.targets(session),
        organisations=[organisation_option(each) for each in recipients(session)],
        kinds=list(wording.TARGET_KINDS.items()),
        wording=wording,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
