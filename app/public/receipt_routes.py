"""Coming back with a code: the state, a question, an answer, withdrawal. Nothing of it is in an address."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from app.current import current_limits, current_settings
from app.database import db
from app.intake import receipts
from app.intake.receipts import ReceiptView
from app.limits import REPORTS, WRONG_CODES
from app.messaging.hours import clock
from app.models import Report
from app.public import tokens
from app.public.reading import read_form
from app.public.routes import Problems, blueprint, once
from app.public.schemas import AnswerIn, CodeIn, WishIn
from app.public.tokens import Form


@dataclass(frozen=True)
class Attempt:
    """What came of an answer: a word for the page's notice, and what to put back into the form."""

    notice: str = ""
    status: HTTPStatus = HTTPStatus.OK
    form: Mapping[str, str] = field(default_factory=dict)
    problems: Problems = field(default_factory=dict)


@blueprint.get("/receipt")
def receipt_form() -> ResponseReturnValue:
    """Ask for the code."""
    return _ask()


@blueprint.post("/receipt")
def open_receipt() -> ResponseReturnValue:
    """Show the state of a message to the holder of its code, or of the right of access the code gave."""
    form = read_form(request)
    if "access" in form:
        return _show(_accessible(form), Attempt())
    try:
        code: str = CodeIn().load(form)["code"]
    except ValidationError as error:
        return _ask(HTTPStatus.BAD_REQUEST, form=form, problems=error.messages_dict)
    return _look_up(code, form)


@blueprint.post("/receipt/answer")
def answer_question() -> ResponseReturnValue:
    """Keep an answer to a question; whatever goes wrong, what was typed is shown again."""
    form = read_form(request)
    try:
        report = _accessible(form)
        attempt = _answer(report, form) if report else Attempt(form=form)
    except SQLAlchemyError:
        return _again(form)
    return _show(report, attempt)


@blueprint.post("/receipt/withdraw")
def withdraw_report() -> ResponseReturnValue:
    """Ask once whether it is meant, then stop all work on a message."""
    form = read_form(request)
    report = _accessible(form)
    if report is None:
        return _ask(HTTPStatus.BAD_REQUEST, notice="expired")
    if form.get("confirm") != "yes":
        return _page("public/withdraw.html", report.id)
    receipts.withdraw(report.id)
    return _show(report, Attempt())


@blueprint.post("/receipt/wishes")
def change_wishes() -> ResponseReturnValue:
    """Keep one wish about being written to; hours that can't be read are shown again."""
    form = read_form(request)
    report = _accessible(form)
    try:
        changes: dict[str, object] = WishIn().load(form)
    except ValidationError as error:
        return _show(report, Attempt("", HTTPStatus.BAD_REQUEST, form, error.messages_dict))
    is_kept = report is not None and receipts.change_wishes(report.id, changes)
    db.session.expire_all()
    return _show(report, Attempt("wished") if is_kept else Attempt("", HTTPStatus.BAD_REQUEST))


def _look_up(code: str, form: Mapping[str, str]) -> ResponseReturnValue:
    who = request.remote_addr or ""
    if not current_limits().is_allowed(WRONG_CODES, who):
        return _ask(HTTPStatus.TOO_MANY_REQUESTS, form=form, notice="too_many")
    report = receipts.find_report(current_settings(), db.session(), code)
    if report is None:
        current_limits().count(WRONG_CODES, who)
        return _ask(HTTPStatus.BAD_REQUEST, form=form, notice="unknown")
    return _show(report, Attempt(form=form))


def _accessible(form: Mapping[str, str]) -> Report | None:
    report_id = tokens.accessible_report(form.get("access", ""))
    return db.session.get(Report, report_id) if report_id else None


def _answer(report: Report, form: Mapping[str, str]) -> Attempt:
    try:
        new: dict[str, object] = AnswerIn().load(form)
    except ValidationError as error:
        return Attempt("", HTTPStatus.BAD_REQUEST, form, error.messages_dict)
    nonce = tokens.form_nonce(Form.ANSWER, form.get("token", ""))
    if nonce is None:
        return Attempt("form_expired", HTTPStatus.BAD_REQUEST, form)
    if not current_limits().count(REPORTS, request.remote_addr or ""):
        return Attempt("too_many", HTTPStatus.TOO_MANY_REQUESTS, form)
    return _keep(report, uuid.UUID(str(new["question"])), str(new["answer"]), nonce, form)


def _keep(report: Report, question: uuid.UUID, text: str, nonce: str, form: Mapping[str, str]) -> Attempt:
    reference = once(nonce, {"question": str(question), "answer": text})
    is_kept = receipts.answer(current_settings(), report.id, question, text, reference)
    return Attempt("answered") if is_kept else Attempt("not_open", HTTPStatus.BAD_REQUEST, form)


def _show(report: Report | None, attempt: Attempt) -> ResponseReturnValue:
    """The state and the questions; a person whose access has run out is asked for the code again."""
    if report is None:
        return _ask(HTTPStatus.BAD_REQUEST, form=attempt.form, notice="expired")
    view: ReceiptView = receipts.view(db.session(), report)
    if view.exchanges and view.state != "withdrawn":
        receipts.mark_read(view.report_id)
    return _page(
        "public/receipt.html", view.report_id, attempt.status, view=view, attempt=attempt, clock=clock
    )


def _page(
    template: str, report_id: uuid.UUID, status: HTTPStatus = HTTPStatus.OK, **shown: object
) -> ResponseReturnValue:
    token = tokens.new_form_token(Form.ANSWER)
    access = tokens.new_access(report_id)
    return render_template(template, access=access, token=token, **shown), status


def _again(form: Mapping[str, str]) -> ResponseReturnValue:
    """The answer's form alone, with the same token: what it takes to try again needs no database."""
    page = render_template("public/again.html", form=form)
    return page, HTTPStatus.SERVICE_UNAVAILABLE


def _ask(
    status: HTTPStatus = HTTPStatus.OK,
    *,
    form: Mapping[str, str] | None = None,
    notice: str = "",
    problems: Problems | None = None,
) -> ResponseReturnValue:
    page = render_template("public/code.html", form=form or {}, notice=notice, problems=problems or {})
    return page, status
