"""Sending a table of reports, saying which column is what, trying it, importing it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import validate_csrf
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from app.accounts.forms import FormState
from app.accounts.session import current_user
from app.current import current_settings
from app.database import db, transaction
from app.imports import answers, receiving, service
from app.imports.mapping import Mapped, guessed, read
from app.imports.service import ImportRefused
from app.imports.wording import FAILURES, REFUSALS, STATES
from app.intake.consent import SHAREABLE_WITH, chosen
from app.intake.partner_problems import FIELDS
from app.intake.uploads import UploadRefused
from app.looking_again import looked_at_again
from app.models import ImportState, ReportImport

blueprint = Blueprint("imports", __name__, url_prefix="/desk/imports")

LONGEST_LABEL = 80
_SHOWN_PROBLEMS = 100


@blueprint.record_once
def _check_token_here(state: BlueprintSetupState) -> None:
    """Flask-WTF would read the form before the view, and put the file on the disk in the clear."""
    state.app.extensions["csrf"].exempt(f"{__name__}.send")


@blueprint.url_value_preprocessor
def _allow_files(endpoint: str | None, _values: dict[str, object] | None) -> None:
    if endpoint == "imports.send":
        request.max_content_length = receiving.LARGEST_REQUEST_BYTES


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """The tables that this organisation sent, and the form to send another."""
    return _overview(FormState())


@blueprint.post("")
def send() -> ResponseReturnValue:
    """Take a file, sealed as it comes, and have its columns looked for."""
    settings = current_settings()
    try:
        received = receiving.receive(request, settings)
    except (UploadRefused, RequestEntityTooLarge):
        return _overview(_form("send", {}, {"file": "file_too_large"}))
    except ValueError:
        raise BadRequest from None
    try:
        validate_csrf(received.fields.get("csrf_token"))
    except ValueError:
        receiving.discard(settings, received)
        raise BadRequest from None
    upload_id, label = receiving.upload_id_of(received), received.fields.get("label", "").strip()
    problems = _problems_of_sending(upload_id, label)
    if problems or upload_id is None:
        receiving.discard(settings, received)
        return _overview(_form("send", {"label": label}, problems))
    with transaction() as session:
        found = service.send(session, current_user(), upload_id, label)
    return redirect(url_for("imports.show", import_id=found.id), HTTPStatus.SEE_OTHER)


def _problems_of_sending(upload_id: uuid.UUID | None, label: str) -> dict[str, str]:
    problems = {}
    if not label or len(label) > LONGEST_LABEL:
        problems["label"] = "label_long" if label else "label_missing"
    if upload_id is None:
        problems["file"] = "file_missing"
    return problems


@blueprint.get("/<uuid:import_id>")
def show(import_id: uuid.UUID) -> ResponseReturnValue:
    """How far a table is, with the form for what comes next."""
    return _page(_own(import_id), FormState())


@blueprint.post("/<uuid:import_id>/columns")
def map_columns(import_id: uuid.UUID) -> ResponseReturnValue:
    """Keep which column is what and what the rows allow, and have every row tried."""
    try:
        mapped = _mapped()
        with transaction() as session:
            service.map_columns(session, current_user(), import_id, mapped)
    except ImportRefused as refusal:
        return _refuse(import_id, "columns", refusal)
    return redirect(url_for("imports.show", import_id=import_id), HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:import_id>/begin")
def begin(import_id: uuid.UUID) -> ResponseReturnValue:
    """Take the rows in."""
    try:
        with transaction() as session:
            service.begin(session, current_user(), import_id)
    except ImportRefused as refusal:
        return _refuse(import_id, "begin", refusal)
    return redirect(url_for("imports.show", import_id=import_id), HTTPStatus.SEE_OTHER)


@blueprint.get("/<uuid:import_id>/problems")
def problems(import_id: uuid.UUID) -> ResponseReturnValue:
    """What is wrong, row by row, as a file."""
    found = _own(import_id)
    answer = Response(answers.as_csv(found.problems), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="problems-{found.id.hex[:8]}.csv"'
    return answer


def _mapped() -> Mapped:
    """What the form says. Raises ImportRefused for a column that is no number."""
    form = request.form
    try:
        columns = {field: int(form[field]) for field in FIELDS if form.get(field)}
    except ValueError:
        raise ImportRefused("column_unknown") from None
    consent = chosen(
        may_ask="may_ask" in form,
        share_with=form.getlist("share_with"),
        with_identity="with_identity" in form,
    )
    return Mapped(columns, consent, with_others="with_others" in form)


def _shown_mapping(found: ReportImport, form: FormState) -> Mapped:
    """What the form shows: what was just sent, else what was kept, else what the headings tell."""
    try:
        if form.name == "columns":
            return _mapped()
    except ImportRefused:
        return guessed(found.columns)
    return read(found.mapping) if found.mapping else guessed(found.columns)


def _refuse(import_id: uuid.UUID, form: str, refusal: ImportRefused) -> ResponseReturnValue:
    code = str(refusal)
    if code == "unknown":
        abort(HTTPStatus.NOT_FOUND)
    field = "text" if code == "text_unmapped" else ""
    return _page(_own(import_id), _form(form, request.form.to_dict(), {field: code}))


def _form(name: str, typed: Mapping[str, str], problems: Mapping[str, str]) -> FormState:
    return FormState(name, typed, {field: str(REFUSALS[code]) for field, code in problems.items()})


def _own(import_id: uuid.UUID) -> ReportImport:
    try:
        return service.import_of(db.session(), current_user(), import_id)
    except ImportRefused:
        abort(HTTPStatus.NOT_FOUND)


def _overview(form: FormState) -> ResponseReturnValue:
    page = render_template(
        "desk/imports.html",
        form=form,
        imports=service.imports_of(db.session(), current_user()),
        states=STATES,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _page(found: ReportImport, form: FormState) -> ResponseReturnValue:
    state = ImportState(found.state)
    page = render_template(
        "desk/import.html",
        found=found,
        form=form,
        state=state,
        states=STATES,
        failure=FAILURES.get(found.failure or ""),
        is_under_way=state in service.UNDER_WAY,
        fields=FIELDS,
        kinds=SHAREABLE_WITH,
        mapped=_shown_mapping(found, form),
        problems=list(answers.in_words(found.problems[:_SHOWN_PROBLEMS])),
        bad_rows=answers.rows_with_problems(found.problems),
    )
    answer = make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)
    return looked_at_again(answer, when=state in service.UNDER_WAY)
