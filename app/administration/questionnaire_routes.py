"""The page on which an administrator loads, looks at and publishes the questions of the web report."""

from __future__ import annotations

import os
from contextlib import closing
from http import HTTPStatus

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from app.accounts.forms import FormState
from app.accounts.session import current_user
from app.current import current_settings
from app.database import db, transaction
from app.intake.drafts import Given
from app.intake.submission import Submission
from app.languages import NAMES, page_language
from app.models import Questionnaire, QuestionnaireState
from app.public.question_steps import QuestionStep
from app.questionnaires import previewing, sending, service
from app.questionnaires.example import workbook
from app.questionnaires.service import SHIPPED_VERSION, NotPublishable, Version
from app.questionnaires.wording import problem_text, state_text

blueprint = Blueprint("questionnaires", __name__, url_prefix="/desk/administration/questions")

LARGEST_REQUEST_BYTES = 2 * sending.LARGEST_FILE_BYTES  # a file somewhat too large gets an explanation
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.url_value_preprocessor
def _allow_workbooks(_endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Before anything reads the form, its anti-forgery token included."""
    request.max_content_length = LARGEST_REQUEST_BYTES


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Which versions there are, which one is in use, and what became of the files sent last."""
    return _overview(FormState())


@blueprint.post("")
def send() -> ResponseReturnValue:
    """Take an XLSForm; a worker reads it."""
    with closing(request.files.get("file") or FileStorage()) as file:
        problem = _problem_of(file)
        if problem:
            return _overview(FormState("send", errors={"file": problem}))
        sending.send(current_settings(), current_user().id, file.stream, _size(file))
    flash(gettext("The file has arrived and is being read. Look again in a moment."))
    return redirect(url_for("questionnaires.overview"), HTTPStatus.SEE_OTHER)


@blueprint.get("/<int:number>")
def show(number: int) -> ResponseReturnValue:
    """One version: every question with what it depends on, or one page as a citizen sees it (`question`)."""
    version = _version(number)
    if name := request.args.get("question"):
        return _as_a_citizen(version, name)
    return _shown(version, FormState())


@blueprint.post("/<int:number>/publish")
def publish(number: int) -> ResponseReturnValue:
    """Put a version to everybody who reports from now on, once it was said that it was looked at."""
    if request.form.get("confirm") != "yes":
        problem = gettext("Tick the box once you have looked at every page.")
        return _shown(_version(number), FormState("publish", errors={"confirm": problem}))
    try:
        with transaction() as session:
            service.publish(session, current_user(), number)
    except NotPublishable:
        abort(HTTPStatus.NOT_FOUND)
    service.forget()
    flash(gettext("Published. Whoever reports from now on is asked these questions."))
    return redirect(url_for("questionnaires.overview"), HTTPStatus.SEE_OTHER)


@blueprint.get("/example.xlsx")
def example() -> ResponseReturnValue:
    """A version as an XLSForm, to start from; the one that ships unless another is asked for."""
    version = _version(request.args.get("version", SHIPPED_VERSION, type=int))
    answer = Response(workbook(version.definition), content_type=_WORKBOOK)
    answer.headers["Content-Disposition"] = f'attachment; filename="questions-{version.number}.xlsx"'
    return answer


def _problem_of(file: FileStorage) -> str:
    if not file.filename:
        return gettext("Choose a file.")
    size = _size(file)
    if size > sending.LARGEST_FILE_BYTES:
        return gettext("The file is larger than 2 MB.")
    return "" if size else gettext("The file is empty.")


def _size(file: FileStorage) -> int:
    """In bytes; what the request says of it can't be trusted."""
    size = file.stream.seek(0, os.SEEK_END)
    file.stream.seek(0)
    return size


def _version(number: int) -> Version:
    version = service.of_version(number)
    if version is None:
        abort(HTTPStatus.NOT_FOUND)
    return version


def _row(number: int) -> Questionnaire | None:
    return next((row for row in service.versions(db.session()) if row.version == number), None)


def _overview(form: FormState) -> ResponseReturnValue:
    session = db.session()
    rows = service.versions(session)
    page = render_template(
        "desk/administration/questionnaires.html",
        form=form,
        rows=rows,
        live=next((row.version for row in rows if row.state == QuestionnaireState.LIVE), SHIPPED_VERSION),
        files=sending.newest_files(session),
        version_of={row.id: row.version for row in rows},
        state_text=state_text,
        problem_text=problem_text,
        shipped=service.shipped(),
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _shown(version: Version, form: FormState) -> ResponseReturnValue:
    language = _language(version)
    row = _row(version.number)
    page = render_template(
        "desk/administration/questionnaire.html",
        form=form,
        version=version,
        row=row,
        language=language,
        names=NAMES,
        previews=previewing.previews(version.definition, language),
        is_live=service.current().number == version.number,
        state_text=state_text,
        problem_text=problem_text,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _language(version: Version) -> str:
    """In which language the questions are shown."""
    asked = request.args.get("in", "")
    return asked if asked in version.definition.languages else page_language()


def _as_a_citizen(version: Version, name: str) -> ResponseReturnValue:
    """The very page, without a report behind it: its buttons lead nowhere."""
    found = previewing.placed(version.definition, name)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    number, section, question = found
    if (asked := request.args.get("in", "")) in NAMES:
        g.page_language = asked
    step = QuestionStep(version, section, question)
    given = Given(Submission())
    return render_template(
        step.template,
        step=step,
        form=step.shown(given),
        problems={},
        token="",
        then="",
        number=number,
        total=len(list(version.definition.questions)),
        **step.context(given),
    )
