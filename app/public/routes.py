"""The page on which people write to us. It needs no database to be shown, and never loses what was typed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from marshmallow import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from app.clock import utcnow
from app.current import current_settings
from app.intake import drafts
from app.intake.consent import LEAST
from app.intake.drafts import Given
from app.intake.service import NewReport, submit
from app.intake.submission import from_content
from app.languages import page_language
from app.models import Channel
from app.public import flow, proof, tokens, views
from app.public.appearance import init_appearance, offer_onion
from app.public.compressing import init_compression
from app.public.leaving import add_leaving
from app.public.posted import Posted, read_posted
from app.public.reading import guard_form
from app.public.schemas import LONGEST_TEXT, ReportIn
from app.public.switching import is_asking_for_language
from app.public.tokens import Form
from app.public.views import Problems

blueprint = Blueprint("public", __name__)

TRAP = "copy_to"  # a field that people don't see and machines fill in

blueprint.before_request(guard_form)
blueprint.after_request(offer_onion)
blueprint.record_once(init_appearance)
blueprint.record_once(init_compression)
add_leaving(blueprint)


@blueprint.get("/")
def report_form() -> ResponseReturnValue:
    """The empty form."""
    return _page(Posted({}, []), tokens.new_form_token(Form.REPORT))


@blueprint.post("/")
def submit_report() -> ResponseReturnValue:
    """Accept a message and show the next page or its code; else show the form again with what was typed."""
    posted = read_posted(request, current_settings())
    form = posted.fields
    if form.get(TRAP):
        abort(HTTPStatus.BAD_REQUEST)
    nonce = tokens.form_nonce(Form.REPORT, form.get("token", ""))
    token = form["token"] if nonce else tokens.new_form_token(Form.REPORT)
    if is_asking_for_language(form.get("go", "")):
        return _page(posted, token)
    try:
        content: dict[str, str] = ReportIn(files=len(posted.uploads)).load(form)
    except ValidationError as error:
        return _page(
            posted, token, HTTPStatus.BAD_REQUEST, problems={**error.messages_dict, **posted.problems}
        )
    if posted.problems:
        return _page(posted, token, HTTPStatus.BAD_REQUEST, problems=posted.problems)
    if nonce is None:
        return _page(posted, token, HTTPStatus.BAD_REQUEST, notice="expired")
    return _accept(posted, token, _new_report(nonce, content, posted))


@blueprint.get("/about")
def about() -> ResponseReturnValue:
    """What happens with a message, who reads it, what is kept, how to stay safe."""
    return render_template("public/about.html")


def _accept(posted: Posted, token: str, new: NewReport) -> ResponseReturnValue:
    if not proof.may_send(posted.fields):
        return _page(posted, token, HTTPStatus.TOO_MANY_REQUESTS, notice="too_many")
    try:
        if posted.fields.get("go") == "on":
            return _begin(new)
        return views.code(submit(current_settings(), new).code)
    except SQLAlchemyError:
        return _page(posted, token, HTTPStatus.SERVICE_UNAVAILABLE, notice="unavailable")


def _begin(new: NewReport) -> ResponseReturnValue:
    """The report is accepted; its writer is shown the next page. Who has been through them all gets the code again."""
    given = Given(from_content(new.content), files=len(new.uploads))
    token = drafts.begin(current_settings(), new, given.submission)
    if token is None:
        return views.code(submit(current_settings(), new).code)
    return views.show(token, flow.first(given), given)


def _new_report(nonce: str, content: Mapping[str, str], posted: Posted) -> NewReport:
    """Who sends the first page alone was not asked what may be shared, so nothing may."""
    return NewReport(
        channel=Channel.WEB,
        reference=once(nonce, content),
        content={name: value for name, value in content.items() if value},
        received_at=utcnow(),
        language=page_language(),
        is_demonstration=current_settings().demonstration,
        consent=LEAST,
        uploads=posted.uploads,
    )


def once(nonce: str, content: Mapping[str, str]) -> str:
    """By what a submission is known: a second click repeats it, going back and writing more makes another.

    With the nonce alone, what was added after "back" would be thanked for and thrown away.
    """
    written = json.dumps(dict(content), sort_keys=True).encode()
    return f"{nonce}:{hashlib.sha256(written).hexdigest()}"


def _page(
    posted: Posted,
    token: str,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    problems: Problems | None = None,
    notice: str = "",
) -> ResponseReturnValue:
    page = render_template(
        "public/report.html",
        form=posted.fields,
        files=posted.uploads,
        token=token,
        problems=problems or {},
        notice=notice,
        trap=TRAP,
        limit=format_decimal(LONGEST_TEXT),
        number=current_settings().twilio.number,
        proof=proof.fields(token),
    )
    return page, status
