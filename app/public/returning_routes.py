"""What the holder of a code may do besides: see what was given, add to it, say who may know, have it deleted."""

from __future__ import annotations

from http import HTTPStatus

from flask import request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from app.current import current_settings
from app.database import db
from app.intake import additions, erasing, sharing
from app.intake.drafts import Given
from app.intake.given import given
from app.intake.submission import Submission
from app.models import Report, ReportState
from app.public import proof, tokens
from app.public.consent_step import ConsentStep
from app.public.posted import Posted, read_posted
from app.public.reading import read_form
from app.public.receipt_pages import Attempt, accessible, again, ask, page, show
from app.public.routes import blueprint, once
from app.public.schemas import AdditionIn
from app.public.tokens import Form

YES = "yes"


@blueprint.post("/receipt/given")
def show_given() -> ResponseReturnValue:
    """What was sent so far, with names hidden; only now does a page say what it was about."""
    report = accessible(read_form(request))
    if report is None or report.state == ReportState.WITHDRAWN:
        return show(report, Attempt())
    return page("public/given.html", report.id, messages=given(db.session(), report))


@blueprint.post("/receipt/add")
def add_to_report() -> ResponseReturnValue:
    """Keep more text or files; whatever goes wrong, what was typed is shown again."""
    posted = read_posted(request, current_settings())
    try:
        report = accessible(posted.fields)
        attempt = _add(report, posted) if report else _refused("", posted)
    except SQLAlchemyError:
        return again(posted.fields, posted.uploads)
    return show(report, attempt)


@blueprint.post("/receipt/sharing")
def change_sharing() -> ResponseReturnValue:
    """Show what may be done with a message, and keep what is ticked then."""
    form = read_form(request)
    report = accessible(form)
    if report is None or report.state == ReportState.WITHDRAWN:
        return show(report, Attempt())
    step, before = ConsentStep(), Given(Submission(), sharing.consent_of(report))
    if form.get("confirm") != YES:
        kinds = step.context(before)["kinds"]
        return page("public/sharing.html", report.id, form=step.shown(before), kinds=kinds)
    is_kept = sharing.change(report.id, step.take({**form, "contact": ""}, before).consent)
    db.session.expire_all()
    return show(report, Attempt("shared") if is_kept else Attempt("", HTTPStatus.BAD_REQUEST))


@blueprint.post("/receipt/delete")
def erase_report() -> ResponseReturnValue:
    """Say what goes and what stays, ask once whether it is meant, then delete what can be deleted."""
    form = read_form(request)
    report = accessible(form)
    if report is None:
        return ask(HTTPStatus.BAD_REQUEST, notice="expired")
    if report.erased_at is None and form.get("confirm") != YES:
        return page("public/erase.html", report.id)
    erasing.erase_report(report.id)
    db.session.expire_all()
    return show(report, Attempt())


def _add(report: Report, posted: Posted) -> Attempt:
    try:
        text: str = AdditionIn(files=len(posted.uploads)).load(posted.fields)["text"]
    except ValidationError as error:
        return _refused("", posted, problems={**error.messages_dict, **posted.problems})
    if posted.problems:
        return _refused("", posted, problems=posted.problems)
    nonce = tokens.form_nonce(Form.ANSWER, posted.fields.get("token", ""))
    if nonce is None:
        return _refused("form_expired", posted)
    if not proof.may_send(posted.fields):
        return _refused("too_many", posted, HTTPStatus.TOO_MANY_REQUESTS)
    return _keep(report, text, nonce, posted)


def _keep(report: Report, text: str, nonce: str, posted: Posted) -> Attempt:
    """A second click has the same text and as many files; who goes back and adds a file has more."""
    reference = once(nonce, {"text": text, "files": str(len(posted.uploads))})
    is_kept = additions.add(current_settings(), report.id, text, reference, posted.uploads)
    return Attempt("added") if is_kept else _refused("withdrawn", posted)


def _refused(
    notice: str,
    posted: Posted,
    status: HTTPStatus = HTTPStatus.BAD_REQUEST,
    *,
    problems: dict[str, list[str]] | None = None,
) -> Attempt:
    return Attempt(notice, status, posted.fields, problems or {}, tuple(posted.uploads))
