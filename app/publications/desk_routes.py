"""The desk's pages about figures for everybody: what is due, what a worker proposes, what is public."""

from __future__ import annotations

import uuid
from http import HTTPStatus

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import ValidationError

from app.accounts.forms import FormState
from app.accounts.session import current_user
from app.casework.complaints import from_casework, from_validation, status_of
from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.clock import BAMAKO, utcnow
from app.database import db, transaction
from app.looking_again import looked_at_again
from app.models import Publication, PublicationState
from app.publications import document, queries, service
from app.publications.desk_schemas import AskIn, PublishIn, RetractIn
from app.publications.rules import latest_due, rules
from app.publications.wording import FAILURES, STATES

blueprint = Blueprint("publishing", __name__, url_prefix="/desk/figures/publications")


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """What may be counted, and all that was."""
    return _overview(FormState())


@blueprint.post("")
def ask() -> ResponseReturnValue:
    """Have a period counted."""
    typed = request.form.to_dict()
    try:
        data = AskIn().load(typed)
        with transaction() as session:
            asked = service.ask(session, current_user(), data["period"])
    except ValidationError as error:
        return _overview(from_validation("ask", typed, error), HTTPStatus.UNPROCESSABLE_ENTITY)
    except CaseworkError as error:
        _refuse(error)
        return _overview(from_casework("ask", typed, error), status_of(error))
    flash(gettext("It is being counted: look at it here in a moment."))
    return redirect(url_for("publishing.show", publication_id=asked.id), HTTPStatus.SEE_OTHER)


@blueprint.get("/<uuid:publication_id>")
def show(publication_id: uuid.UUID) -> ResponseReturnValue:
    """One snapshot as everybody would read it, and how much of it is hidden."""
    answer = make_response(_shown(publication_id, FormState()))
    is_asked = queries.snapshot(db.session(), publication_id).state == PublicationState.ASKED
    return looked_at_again(answer, when=is_asked)


@blueprint.post("/<uuid:publication_id>/publishing")
def publish(publication_id: uuid.UUID) -> ResponseReturnValue:
    """Make public what was looked at."""
    typed = request.form.to_dict()
    try:
        digest = PublishIn().load(typed)["digest"]
        with transaction() as session:
            service.publish(session, current_user(), publication_id, digest=digest)
    except (ValidationError, CaseworkError) as error:
        return _failed(publication_id, "publish", typed, error)
    flash(gettext("These figures are public now."))
    return redirect(url_for("publishing.show", publication_id=publication_id), HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:publication_id>/discarding")
def discard(publication_id: uuid.UUID) -> ResponseReturnValue:
    """Don't publish a proposal."""
    try:
        with transaction() as session:
            service.discard(session, current_user(), publication_id)
    except CaseworkError as error:
        return _failed(publication_id, "discard", {}, error)
    flash(gettext("Discarded. The period can be counted again."))
    return redirect(url_for("publishing.overview"), HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:publication_id>/retraction")
def retract(publication_id: uuid.UUID) -> ResponseReturnValue:
    """Take back what is public."""
    typed = request.form.to_dict()
    try:
        reason = RetractIn().load(typed)["reason"]
        with transaction() as session:
            service.retract(session, current_user(), publication_id, reason)
    except (ValidationError, CaseworkError) as error:
        return _failed(publication_id, "retract", typed, error)
    flash(gettext("Taken back. The public page says so, with your reason."))
    return redirect(url_for("publishing.show", publication_id=publication_id), HTTPStatus.SEE_OTHER)


def _failed(
    publication_id: uuid.UUID, name: str, typed: dict[str, str], error: ValidationError | CaseworkError
) -> ResponseReturnValue:
    if isinstance(error, ValidationError):
        form = from_validation(name, typed, error)
        return _shown(publication_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    _refuse(error)
    return _shown(publication_id, from_casework(name, typed, error), status_of(error))


def _refuse(error: CaseworkError) -> None:
    if error.code in {FORBIDDEN, NOT_FOUND}:
        abort(status_of(error))


def _may_be_here() -> None:
    if not service.may_publish(current_user()):
        abort(HTTPStatus.FORBIDDEN)


def _overview(form: FormState, status: int = HTTPStatus.OK) -> ResponseReturnValue:
    _may_be_here()
    session, today = db.session(), utcnow().astimezone(BAMAKO).date()
    page = render_template(
        "desk/publications.html",
        form=form,
        periods=queries.free_periods(session, latest_due(today), today),
        snapshots=queries.all_snapshots(session),
        states=STATES,
        rules=rules(),
    )
    return page, status


def _shown(publication_id: uuid.UUID, form: FormState, status: int = HTTPStatus.OK) -> ResponseReturnValue:
    _may_be_here()
    try:
        found: Publication = queries.snapshot(db.session(), publication_id)
    except CaseworkError as error:
        abort(status_of(error))
    page = render_template(
        "desk/publication.html",
        form=form,
        shown=found,
        figures=document.read(found.document) if found.document else None,
        states=STATES,
        failures=FAILURES,
    )
    return page, status
