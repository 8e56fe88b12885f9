"""Pages of retention: what falls due, the periods, and legal holds on cases and saved views."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.accounts.forms import FormState
from app.accounts.permissions import Permission, may
from app.accounts.session import current_user
from app.administration.retention_schemas import (
    HoldIn,
    HoldViewIn,
    LiftIn,
    PeriodsIn,
    days_of,
    hold_of,
)
from app.casework.answering import perform
from app.casework.complaints import from_casework, from_validation, status_of
from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.casework.saved_views import views_of
from app.database import db, transaction
from app.models import Case, User
from app.retention import holds, periods, views
from app.retention.rules import announced_for, shown_before
from app.retention.wording import LABELS, REASONS

blueprint = Blueprint("retention", __name__, url_prefix="/desk")
_PAGE = "/retention"


@blueprint.get(_PAGE)
def overview() -> ResponseReturnValue:
    """What falls due within the coming days, by rule; the periods; and what is held."""
    return _shown(FormState())


@blueprint.post(f"{_PAGE}/periods")
def change() -> ResponseReturnValue:
    """Set other periods."""
    typed = request.form.to_dict()
    try:
        data = PeriodsIn().load(typed)
        wanted = days_of(typed)
        with transaction() as session:
            periods.save(session, current_user(), wanted, data["reason"], seen_version=data["version"])
    except (ValidationError, CaseworkError) as error:
        return _refused("periods", typed, error)
    flash(gettext("Kept."))
    return redirect(url_for("retention.overview"), HTTPStatus.SEE_OTHER)


@blueprint.post(f"{_PAGE}/holds")
def hold_view() -> ResponseReturnValue:
    """Put every case of a saved view under a hold."""
    typed = request.form.to_dict()
    try:
        data = HoldViewIn().load(typed)
        with transaction() as session:
            count = holds.hold_view(session, current_user(), data["view"], hold_of(data))
    except (ValidationError, CaseworkError) as error:
        return _refused("hold", typed, error)
    flash(ngettext("%(num)s case is kept now.", "%(num)s cases are kept now.", count))
    return redirect(url_for("retention.overview", _anchor="holds"), HTTPStatus.SEE_OTHER)


@blueprint.post(f"{_PAGE}/holds/<uuid:batch_id>/lifting")
def lift_batch(batch_id: uuid.UUID) -> ResponseReturnValue:
    """Lift what was placed at once."""
    typed = request.form.to_dict()
    try:
        data = LiftIn().load(typed)
        with transaction() as session:
            holds.lift_batch(session, current_user(), batch_id, data["reason"])
    except (ValidationError, CaseworkError) as error:
        return _refused(f"lift-{batch_id}", typed, error)
    flash(gettext("The hold is lifted."))
    return redirect(url_for("retention.overview", _anchor="holds"), HTTPStatus.SEE_OTHER)


@blueprint.post("/cases/<uuid:case_id>/holds")
def hold_case(case_id: uuid.UUID) -> ResponseReturnValue:
    """Put one case under a hold."""

    def act(session: Session, user: User, data: dict[str, Any]) -> None:
        holds.hold_case(session, user, case_id, hold_of(data))

    done = gettext("The case is kept now.")
    return perform(case_id, "hold", HoldIn(), act, done=done, is_free_of_version=True)


@blueprint.post("/cases/<uuid:case_id>/holds/<uuid:hold_id>/lifting")
def lift_hold(case_id: uuid.UUID, hold_id: uuid.UUID) -> ResponseReturnValue:
    """Lift a hold of one case."""

    def act(session: Session, user: User, data: dict[str, Any]) -> None:
        holds.lift(session, user, case_id, hold_id, data["reason"])

    done = gettext("The hold is lifted.")
    return perform(case_id, f"hold-{hold_id}", LiftIn(), act, done=done, is_free_of_version=True)


def case_custody(case: Case) -> views.CustodyView | None:
    """For the case page: when it is erased, and what keeps it."""
    return views.custody_of(db.session(), current_user(), case)


blueprint.add_app_template_global(case_custody)
blueprint.add_app_template_global(lambda code: LABELS[code], "retention_label")


def _refused(name: str, typed: dict[str, str], error: ValidationError | CaseworkError) -> ResponseReturnValue:
    if isinstance(error, ValidationError):
        return _shown(from_validation(name, typed, error), HTTPStatus.UNPROCESSABLE_ENTITY)
    if error.code in {FORBIDDEN, NOT_FOUND}:
        abort(status_of(error))
    return _shown(from_casework(name, typed, error), status_of(error))


def _shown(form: FormState, status: int = HTTPStatus.OK) -> ResponseReturnValue:
    session, user = db.session(), current_user()
    if not views.may_see(user):
        abort(HTTPStatus.FORBIDDEN)
    page = render_template(
        "desk/retention.html",
        rules=views.rule_views(session, user),
        version=periods.current_version(session),
        versions=periods.versions(session),
        reasons=REASONS,
        batches=holds.batches(session) if holds.may_hold(user) else (),
        saved_views=views_of(session, user) if holds.may_hold(user) else (),
        may_hold=holds.may_hold(user),
        may_change=may(user.role, Permission.ADMINISTER),
        announced_days=announced_for().days,
        shown_days=shown_before().days,
        form=form,
    )
    return page, status
