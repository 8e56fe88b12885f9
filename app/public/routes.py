"""The page on which people write to us. It needs no database to be shown, and never loses what was typed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from marshmallow import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from app.clock import utcnow
from app.current import current_limits, current_settings
from app.intake.service import NewReport, Receipt, submit
from app.languages import page_language
from app.limits import REPORTS
from app.models import Channel
from app.public import tokens
from app.public.reading import guard_form, read_form
from app.public.schemas import LONGEST_TEXT, ReportIn
from app.public.tokens import Form

blueprint = Blueprint("public", __name__)

TRAP = "copy_to"  # a field that people don't see and machines fill in
Problems = Mapping[str, Sequence[str]]


blueprint.before_request(guard_form)


@blueprint.get("/")
def report_form() -> ResponseReturnValue:
    """The empty form."""
    return _page({}, tokens.new_form_token(Form.REPORT))


@blueprint.post("/")
def submit_report() -> ResponseReturnValue:
    """Accept a message and show its code, this once; else show the form again with what was typed."""
    form = read_form(request)
    if form.get(TRAP):
        abort(HTTPStatus.BAD_REQUEST)
    nonce = tokens.form_nonce(Form.REPORT, form.get("token", ""))
    token = form["token"] if nonce else tokens.new_form_token(Form.REPORT)
    if "switch" in form:
        return _page(form, token)
    try:
        content: dict[str, str] = ReportIn().load(form)
    except ValidationError as error:
        return _page(form, token, HTTPStatus.BAD_REQUEST, problems=error.messages_dict)
    if nonce is None:
        return _page(form, token, HTTPStatus.BAD_REQUEST, notice="expired")
    return _accept(form, token, _new_report(nonce, content))


@blueprint.get("/about")
def about() -> ResponseReturnValue:
    """What happens with a message, who reads it, what is kept, how to stay safe."""
    return render_template("public/about.html")


def _accept(form: Mapping[str, str], token: str, new: NewReport) -> ResponseReturnValue:
    if not current_limits().count(REPORTS, request.remote_addr or ""):
        return _page(form, token, HTTPStatus.TOO_MANY_REQUESTS, notice="too_many")
    try:
        receipt: Receipt = submit(current_settings(), new)
    except SQLAlchemyError:
        return _page(form, token, HTTPStatus.SERVICE_UNAVAILABLE, notice="unavailable")
    return render_template("public/sent.html", groups=receipt.code.split("-")), HTTPStatus.CREATED


def _new_report(nonce: str, content: Mapping[str, str]) -> NewReport:
    return NewReport(
        channel=Channel.WEB,
        reference=once(nonce, content),
        content={name: value for name, value in content.items() if value},
        received_at=utcnow(),
        language=page_language(),
        is_demonstration=current_settings().demonstration,
    )


def once(nonce: str, content: Mapping[str, str]) -> str:
    """By what a submission is known: a second click repeats it, going back and writing more makes another.

    With the nonce alone, what was added after "back" would be thanked for and thrown away.
    """
    written = json.dumps(dict(content), sort_keys=True).encode()
    return f"{nonce}:{hashlib.sha256(written).hexdigest()}"


def _page(
    form: Mapping[str, str],
    token: str,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    problems: Problems | None = None,
    notice: str = "",
) -> ResponseReturnValue:
    page = render_template(
        "public/report.html",
        form=form,
        token=token,
        problems=problems or {},
        notice=notice,
        trap=TRAP,
        limit=format_decimal(LONGEST_TEXT),
        number=current_settings().twilio.number,
    )
    return page, status
