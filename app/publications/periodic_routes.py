"""The desk's pages of the periodic report: ask for one, and edit the text around its figures."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import ValidationError

from app.accounts.forms import FormState
from app.accounts.session import current_user
from app.casework.complaints import from_casework, from_validation, status_of
from app.casework.errors import FORBIDDEN, CaseworkError
from app.clock import BAMAKO, utcnow
from app.database import db, transaction
from app.exports.complaints import from_casework as from_export
from app.publications import asking, templates
from app.publications.complaints import from_template
from app.publications.desk_schemas import LANGUAGES, REPORT_FORMATS, ReportIn, TextIn
from app.publications.service import may_publish
from app.publications.telling import NAMES
from app.publications.template_text import Block, TemplateProblem

blueprint = Blueprint("periodic", __name__, url_prefix="/desk/figures/reports")


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Choose a period; the reports that were made; the texts."""
    return _overview(FormState())


@blueprint.post("")
def ask() -> ResponseReturnValue:
    """Have a worker make a report. It is an export: signed, sealed to who asked, in the register."""
    typed = request.form.to_dict()
    try:
        data = ReportIn().load(typed)
        with transaction() as session:
            record = asking.ask(
                session, current_user(), data["period"], data["file_format"], data["language"]
            )
    except ValidationError as error:
        return _overview(from_validation("ask", typed, error), HTTPStatus.UNPROCESSABLE_ENTITY)
    except CaseworkError as error:
        if error.code == FORBIDDEN:
            abort(HTTPStatus.FORBIDDEN)
        own = error.code == asking.NOT_OVER
        return _overview((from_casework if own else from_export)("ask", typed, error), status_of(error))
    return redirect(url_for("exports.show", export_id=record.id), HTTPStatus.SEE_OTHER)


@blueprint.get("/text/<language>")
def edit_text(language: str) -> ResponseReturnValue:
    """The text in force, or (`?version=`) an earlier one, to be changed and put in force again."""
    language = _known(language)
    asked = request.args.get("version", type=int)
    source = templates.current_source(db.session(), language) if asked is None else _version(language, asked)
    form = FormState("text", {"source": source})
    return _text(language, form, _previewed(source, language))


@blueprint.post("/text/<language>")
def save_text(language: str) -> ResponseReturnValue:
    """Look at a changed text with invented figures, or put it in force."""
    language = _known(language)
    typed = request.form.to_dict()
    try:
        data = TextIn().load(typed)
        preview = templates.preview(data["source"], language, _today())
        if data["go"] != "save":
            return _text(language, FormState("text", typed), preview)
        _save(language, data["source"], data["reason"], data["version"])
    except TemplateProblem as error:
        return _text(language, from_template(typed, error), [], HTTPStatus.UNPROCESSABLE_ENTITY)
    except ValidationError as error:
        return _text(language, from_validation("text", typed, error), [], HTTPStatus.UNPROCESSABLE_ENTITY)
    except CaseworkError as error:
        if error.code == FORBIDDEN:
            abort(HTTPStatus.FORBIDDEN)
        return _text(language, from_casework("text", typed, error), [], status_of(error))
    flash(gettext("Kept. The next reports have this text."))
    return redirect(url_for("periodic.edit_text", language=language), HTTPStatus.SEE_OTHER)


def _save(language: str, source: str, reason: str, seen_version: int) -> None:
    with transaction() as session:
        templates.save(
            session, current_user(), language, source, reason, seen_version=seen_version, today=_today()
        )


def _version(language: str, version: int) -> str:
    if version == 0:
        return templates.original(language)
    found = (each for each in templates.versions(db.session(), language) if each.version == version)
    source = next((each.source for each in found), None)
    return source if source is not None else abort(HTTPStatus.NOT_FOUND)


def _previewed(source: str, language: str) -> list[Block]:
    """Nothing for a text from before, that names a figure which there is no more."""
    try:
        return templates.preview(source, language, _today())
    except TemplateProblem:
        return []


def _today() -> date:
    return utcnow().astimezone(BAMAKO).date()


def _overview(form: FormState, status: int = HTTPStatus.OK) -> ResponseReturnValue:
    if not may_publish(current_user()):
        abort(HTTPStatus.FORBIDDEN)
    page = render_template(
        "desk/reports.html",
        form=form,
        periods=asking.periods(_today()),
        formats=REPORT_FORMATS,
        languages=LANGUAGES,
        made=asking.made(db.session()),
    )
    return page, status


def _known(language: str) -> str:
    return language if language in LANGUAGES else abort(HTTPStatus.NOT_FOUND)


def _text(
    language: str, form: FormState, preview: list[Block], status: int = HTTPStatus.OK
) -> ResponseReturnValue:
    if not may_publish(current_user()):
        abort(HTTPStatus.FORBIDDEN)
    page = render_template(
        "desk/report_text.html",
        form=form,
        language=language,
        preview=preview,
        names=NAMES,
        version=templates.current_version(db.session(), language),
        versions=templates.versions(db.session(), language),
    )
    return page, status
