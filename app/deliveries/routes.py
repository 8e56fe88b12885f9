"""Scheduled exports: listed, set up, paused, made at once, removed; and the keys by which exports are checked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import ValidationError

from app.accounts.forms import FormState
from app.accounts.session import current_user
from app.casework.complaints import status_of
from app.casework.errors import CaseworkError
from app.casework.wording import organisation_option, region_option, violation_option
from app.database import db, transaction
from app.deliveries import complaints, queries, schedules, schemas, wording
from app.exports import askers, signing_keys
from app.exports import wording as export_wording
from app.exports.asking import LANGUAGES
from app.exports.formats import formats_for
from app.exports.queries import recipients
from app.exports.selection import ANY_VERIFICATION, ExportFilter
from app.languages import NAMES
from app.models import ExportKind, ExportSchedule, Verification
from app.reference import geography
from app.reference.taxonomy import violations

blueprint = Blueprint("deliveries", __name__, url_prefix="/desk/exports/schedules")

_FORM, _REMOVE, _CHANGE = "schedule", "remove", "change"


@blueprint.before_request
def desk_only() -> None:
    """Other organisations' people find the keys here and nothing else: not even that a schedule is there."""
    if request.endpoint != "deliveries.keys":
        schedules.may_schedule(current_user())


@blueprint.errorhandler(CaseworkError)
def refuse(error: CaseworkError) -> ResponseReturnValue:
    """What no form of these pages can mend."""
    return render_template("error.html", status=status_of(error)), status_of(error)


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Every scheduled export."""
    schedules.may_schedule(current_user())
    found = queries.schedules(db.session())
    return render_template(
        "desk/deliveries/schedules.html", schedules=found, wording=wording, exports=export_wording
    )


@blueprint.get("/new")
def new_schedule() -> ResponseReturnValue:
    """The form for another."""
    return _form(FormState())


@blueprint.post("/new")
def add_schedule() -> ResponseReturnValue:
    """Set one up."""
    typed = request.form.to_dict()
    try:
        data = schemas.ScheduleIn().load(typed)
        with transaction() as session:
            new = schemas.new_schedule(data, _identifiers(request.form.getlist("targets")))
            schedule = schedules.add_schedule(session, current_user(), new)
    except ValidationError as error:
        return _form(complaints.from_validation(_FORM, typed, error))
    except CaseworkError as error:
        return _form(complaints.from_casework(_FORM, typed, error))
    flash(gettext("The scheduled export is set up."))
    return _to(schedule.id)


@blueprint.get("/<uuid:schedule_id>")
def show(schedule_id: uuid.UUID) -> ResponseReturnValue:
    """One, with what it made and how that was delivered."""
    return _shown(schedule_id, FormState())


@blueprint.post("/<uuid:schedule_id>")
def change(schedule_id: uuid.UUID) -> ResponseReturnValue:
    """Pause one, switch it on again, or have it made now."""
    wanted = request.form.get("do", "")
    try:
        with transaction() as session:
            if wanted == "now":
                schedules.deliver_now(session, current_user(), schedule_id)
            elif wanted in {"pause", "resume"}:
                schedules.pause(session, current_user(), schedule_id, is_enabled=wanted == "resume")
            else:
                abort(HTTPStatus.BAD_REQUEST)
    except CaseworkError as error:
        return _shown(schedule_id, complaints.from_casework(_CHANGE, {}, error))
    flash(gettext("It will be made within a few minutes.") if wanted == "now" else gettext("Kept."))
    return _to(schedule_id)


@blueprint.post("/<uuid:schedule_id>/remove")
def remove(schedule_id: uuid.UUID) -> ResponseReturnValue:
    """Take one away, once that was confirmed."""
    if request.form.get("confirmed") != "yes":
        problem = {"confirmed": complaints.words_for("not_confirmed")}
        return _shown(schedule_id, FormState(_REMOVE, {}, problem))
    with transaction() as session:
        schedules.remove(session, current_user(), schedule_id)
    flash(gettext("The scheduled export was removed."))
    return redirect(url_for("deliveries.overview"), HTTPStatus.SEE_OTHER)


@blueprint.get("/keys")
def keys() -> ResponseReturnValue:
    """The public keys by which recipients check what they got."""
    found = [
        (signing_keys.minisign_text(each.public_key), each.first_seen_at)
        for each in signing_keys.public_keys(db.session())
    ]
    return render_template("desk/deliveries/keys.html", keys=found)


def _identifiers(typed: list[str]) -> list[uuid.UUID]:
    """Raises ValidationError."""
    try:
        return [uuid.UUID(each) for each in typed]
    except ValueError as error:
        raise ValidationError("target_unknown", "targets") from error


def _to(schedule_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("deliveries.show", schedule_id=schedule_id), HTTPStatus.SEE_OTHER)


def _form(form: FormState) -> ResponseReturnValue:
    page = render_template("desk/deliveries/form.html", form=form, **_choices())
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _choices() -> Mapping[str, Any]:
    """The lists of the form, as pairs of a code and its words."""
    session, user = db.session(), current_user()
    levels = askers.levels_for(user)
    possible = {each.code: each for level in levels for each in formats_for(ExportKind.CASES, level)}
    return {
        "levels": [(level, export_wording.LEVELS[level]) for level in levels],
        "formats": export_wording.format_options(list(possible.values())),
        "descriptions": export_wording.format_descriptions(list(possible.values())),
        "languages": [(code, NAMES[code]) for code in LANGUAGES],
        "organisations": [organisation_option(each) for each in recipients(session)],
        "recurrences": list(wording.RECURRENCES.items()),
        "hours": [(hour, f"{hour:02}:00") for hour in range(24)],
        "regions": [region_option(each) for each in geography.regions()],
        "cercles": [(each.code, each.name) for each in geography.cercles()],
        "violations": [violation_option(each) for each in violations().values()],
        "verifications": [
            (
                str(Verification.VERIFIED),
                export_wording.words_of([Verification.VERIFIED], "verification")[0][1],
            ),
            (ANY_VERIFICATION, gettext("Any, also what nobody verified")),
        ],
        "targets": queries.targets(session),
        "chosen": request.form.getlist("targets"),
        "wording": wording,
    }


def _shown(schedule_id: uuid.UUID, form: FormState) -> ResponseReturnValue:
    session = db.session()
    schedules.may_schedule(current_user())
    schedule = session.get(ExportSchedule, schedule_id)
    if schedule is None or schedule.removed_at is not None:
        abort(HTTPStatus.NOT_FOUND)
    made = queries.exports_of(session, schedule.id)
    page = render_template(
        "desk/deliveries/schedule.html",
        schedule=schedule,
        filters=export_wording.described(session, ExportFilter.from_record(schedule.filters))[1:],
        made=made,
        deliveries=queries.deliveries_of(session, made),
        form=form,
        wording=wording,
        exports=export_wording,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
