"""Choosing what is to be exported: the form, the preview, and asking for it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.accounts.forms import FormState
from app.accounts.session import current_user
from app.casework.errors import CaseworkError
from app.casework.saved_views import views_of
from app.casework.wording import organisation_option, region_option, violation_option
from app.database import db, transaction
from app.exports import (
    askers,
    complaints,
    file_routes,
    previewing,
    queries,
    register_routes,
    schemas,
    wording,
)
from app.exports.blueprint import blueprint
from app.exports.fields import tables
from app.exports.formats import formats_for
from app.exports.levels import Level
from app.exports.selection import ANY_VERIFICATION, ExportFilter, count_chosen
from app.looking_again import looked_at_again
from app.models import (
    CaseStatus,
    ExportKind,
    ExportPreview,
    Organisation,
    PreviewState,
    ReferralState,
    User,
    Verification,
)
from app.reference import geography
from app.reference.taxonomy import actor_categories, violations

__all__ = ["blueprint", "file_routes", "register_routes"]

_FORM, _ASK = "export", "ask"


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """One's own exports, and the ways on from here."""
    user = current_user()
    return render_template(
        "desk/exports.html",
        exports=queries.own_exports(db.session(), user),
        may_ask=bool(askers.levels_for(user)),
        wording=wording,
    )


@blueprint.get("/new")
def export_form() -> ResponseReturnValue:
    """The form; with how many cases it means, where they were to be counted."""
    typed = request.args.to_dict()
    if not typed:
        return _form(FormState(_FORM), None)
    try:
        data = schemas.ExportIn().load(typed)
        wanted, _ = previewing.checked(db.session(), current_user(), data)
    except ValidationError as error:
        return _form(complaints.from_validation(_FORM, typed, error), None)
    except CaseworkError as error:
        return _form(complaints.from_casework(_FORM, typed, error), None)
    count = count_chosen(db.session(), current_user(), wanted)
    return _form(FormState(_FORM, typed), count)


@blueprint.post("/new")
def propose() -> ResponseReturnValue:
    """Have worked out what would go out."""
    typed = request.form.to_dict()
    try:
        data = schemas.ExportIn().load(typed)
        with transaction() as session:
            preview = previewing.propose(session, current_user(), data)
    except ValidationError as error:
        return _form(complaints.from_validation(_FORM, typed, error), None)
    except CaseworkError as error:
        return _form(complaints.from_casework(_FORM, typed, error), None)
    return redirect(url_for("exports.preview", preview_id=preview.id), HTTPStatus.SEE_OTHER)


@blueprint.get("/previews/<uuid:preview_id>")
def preview(preview_id: uuid.UUID) -> ResponseReturnValue:
    """How far the worker is, or what would go out and the form to ask for it."""
    return _previewed(preview_id, FormState(_ASK))


@blueprint.post("/previews/<uuid:preview_id>")
def ask(preview_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for what was previewed."""
    typed = request.form.to_dict()
    try:
        data = schemas.PurposeIn().load(typed)
        with transaction() as session:
            record = previewing.ask_for(session, current_user(), preview_id, data)
    except ValidationError as error:
        return _previewed(preview_id, complaints.from_validation(_ASK, typed, error))
    except CaseworkError as error:
        return _previewed(preview_id, complaints.from_casework(_ASK, typed, error))
    return redirect(url_for("exports.show", export_id=record.id), HTTPStatus.SEE_OTHER)


@blueprint.get("/levels")
def levels() -> ResponseReturnValue:
    """Every field and what becomes of it at each level."""
    locale = get_locale()
    return render_template(
        "desk/exports/levels.html",
        tables=list(tables().values()),
        levels=list(Level),
        own=askers.levels_for(current_user()),
        language="en" if locale and locale.language == "en" else "fr",  # fields have words in these two
        wording=wording,
    )


def _form(form: FormState, count: int | None) -> ResponseReturnValue:
    page = render_template("desk/exports/form.html", form=form, count=count, **_choices())
    return page, _status(form)


def _choices() -> Mapping[str, Any]:
    """The lists of the form, as pairs of a code and its words."""
    session, user = db.session(), current_user()
    organisations = queries.recipients(session) if user.organisation.sees_every_case else [user.organisation]
    locale = get_locale()
    language = locale.language if locale else "fr"
    views = [each for each in views_of(session, user) if not each.address.get("q")]
    return {
        "levels": askers.levels_for(user),
        "regions": [region_option(each) for each in geography.regions()],
        "cercles": [(each.code, each.name) for each in geography.cercles()],
        "violations": [violation_option(each) for each in violations().values()],
        "actors": [(code, each.label(language)) for code, each in actor_categories().items()],
        "verifications": [
            str(Verification.VERIFIED),
            *(each for each in Verification if each != Verification.VERIFIED),
        ],
        "any_verification": ANY_VERIFICATION,
        "statuses": list(CaseStatus),
        "organisations": [organisation_option(each) for each in organisations],
        "recipients": [organisation_option(each) for each in _recipients(session, user)],
        "referral_states": list(ReferralState),
        "views": [(each.id, each.name) for each in views],
        "wording": wording,
    }


def _recipients(session: Session, user: User) -> Sequence[Organisation]:
    return [user.organisation] if askers.asks_for_itself(user) else queries.recipients(session)


def _previewed(preview_id: uuid.UUID, form: FormState) -> ResponseReturnValue:
    session, user = db.session(), current_user()
    found = previewing.own_preview(session, user, preview_id)
    wanted = ExportFilter.from_record(found.asked)
    is_done = found.state == PreviewState.DONE
    page = render_template(
        "desk/exports/preview.html",
        preview=found,
        outlook=previewing.outlook_of(found) if is_done else None,
        filters=wording.described(session, wanted),
        wanted=wanted,
        formats=formats_for(ExportKind.CASES, Level(found.level)),
        recipient=session.get(Organisation, found.recipient_organisation_id or uuid.UUID(int=0)),
        change=url_for("exports.export_form", **_address(found, wanted)),
        form=form,
        wording=wording,
    )
    return looked_at_again(make_response(page, _status(form)), when=not is_done)


def _address(found: ExportPreview, wanted: ExportFilter) -> dict[str, Any]:
    """The form as it was sent; a saved view as it is now."""
    said = {name: value for name, value in wanted.as_record().items() if name != "view_address"}
    recipient = found.recipient_organisation_id
    return {**said, "level": found.level} | ({"recipient_organisation": str(recipient)} if recipient else {})


def _status(form: FormState) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
