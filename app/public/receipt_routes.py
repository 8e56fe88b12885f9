"""Coming back with a code: the state, a question, an answer, withdrawal. Nothing of it is in an address."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from http import HTTPStatus

from flask import request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from app.current import current_limits, current_settings
from app.database import db
from app.intake import additions, receipts
from app.limits import WRONG_CODES
from app.models import Report
from app.public import proof, tokens
from app.public.reading import read_form
from app.public.receipt_pages import Attempt, accessible, again, ask, page, show
from app.public.routes import blueprint, once
from app.public.schemas import AnswerIn, CodeIn, WishIn
from app.public.tokens import Form


@blueprint.get("/receipt")
def receipt_form() -> ResponseReturnValue:
    """Ask for the code."""
    return ask()


@blueprint.post("/receipt")
def open_receipt() -> ResponseReturnValue:
    """Show the state of a message to the holder of its code, or of the right of access the code gave."""
    form = read_form(request)
    files = tuple(each for each in form.get("file", "").split("\n") if each)
    if "access" in form:
        return show(accessible(form), Attempt(form=form, files=files))
    try:
        code: str = CodeIn().load(form)["code"]
    except ValidationError as error:
        return ask(HTTPStatus.BAD_REQUEST, form=form, files=files, problems=error.messages_dict)
    return _look_up(code, Attempt(form=form, files=files))


@blueprint.post("/receipt/answer")
def answer_question() -> ResponseReturnValue:
    """Keep an answer to a question; whatever goes wrong, what was typed is shown again."""
    form = read_form(request)
    try:
        report = accessible(form)
        attempt = _answer(report, form) if report else Attempt(form=form)
    except SQLAlchemyError:
        return again(form)
    return show(report, attempt)


@blueprint.post("/receipt/withdraw")
def withdraw_report() -> ResponseReturnValue:
    """Ask once whether it is meant, then stop all work on a message."""
    form = read_form(request)
    report = accessible(form)
    if report is None:
        return ask(HTTPStatus.BAD_REQUEST, notice="expired")
    if form.get("confirm") != "yes":
        return page("public/withdraw.html", report.id)
    receipts.withdraw(report.id)
    return show(report, Attempt())


@blueprint.post("/receipt/wishes")
def change_wishes() -> ResponseReturnValue:
    """Keep one wish about being written to; hours that can't be read are shown again."""
    form = read_form(request)
    report = accessible(form)
    try:
        changes: dict[str, object] = WishIn().load(form)
    except ValidationError as error:
        return show(report, Attempt("", HTTPStatus.BAD_REQUEST, form, error.messages_dict))
    is_kept = report is not None and receipts.change_wishes(report.id, changes)
    db.session.expire_all()
    return show(report, Attempt("wished") if is_kept else Attempt("", HTTPStatus.BAD_REQUEST))


def _look_up(code: str, attempt: Attempt) -> ResponseReturnValue:
    who = request.remote_addr or ""
    if not current_limits().is_allowed(WRONG_CODES, who):
        status = HTTPStatus.TOO_MANY_REQUESTS
        return ask(status, form=attempt.form, files=attempt.files, notice="too_many")
    report = receipts.find_report(current_settings(), db.session(), code)
    if report is None:
        current_limits().count(WRONG_CODES, who)
        return ask(HTTPStatus.BAD_REQUEST, form=attempt.form, files=attempt.files, notice="unknown")
    return show(report, attempt)


def _answer(report: Report, form: Mapping[str, str]) -> Attempt:
    try:
        new: dict[str, object] = AnswerIn().load(form)
    except ValidationError as error:
        return Attempt("", HTTPStatus.BAD_REQUEST, form, error.messages_dict)
    nonce = tokens.form_nonce(Form.ANSWER, form.get("token", ""))
    if nonce is None:
        return Attempt("form_expired", HTTPStatus.BAD_REQUEST, form)
    if not proof.may_send(form):
        return Attempt("too_many", HTTPStatus.TOO_MANY_REQUESTS, form)
    return _keep(report, uuid.UUID(str(new["question"])), str(new["answer"]), nonce, form)


def _keep(report: Report, question: uuid.UUID, text: str, nonce: str, form: Mapping[str, str]) -> Attempt:
    reference = once(nonce, {"question": str(question), "answer": text})
    is_kept = additions.answer(current_settings(), report.id, question, text, reference)
    return Attempt("answered") if is_kept else Attempt("not_open", HTTPStatus.BAD_REQUEST, form)
