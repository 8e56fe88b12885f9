"""The pages of coming back, as they are shown, and the right to see them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import render_template
from flask.typing import ResponseReturnValue

from app.database import db
from app.intake import receipts
from app.intake.receipts import ReceiptView
from app.messaging.hours import clock
from app.models import Report
from app.public import proof, tokens
from app.public.tokens import Form
from app.public.views import Problems


@dataclass(frozen=True)
class Attempt:
    """What came of a form: a word for the page's notice, and what to put back into the form."""

    notice: str = ""
    status: HTTPStatus = HTTPStatus.OK
    form: Mapping[str, str] = field(default_factory=dict)
    problems: Problems = field(default_factory=dict)
    files: Sequence[str] = ()


def accessible(form: Mapping[str, str]) -> Report | None:
    """The report that a form has the right to see; None when that has run out."""
    report_id = tokens.accessible_report(form.get("access", ""))
    return db.session.get(Report, report_id) if report_id else None


def show(report: Report | None, attempt: Attempt) -> ResponseReturnValue:
    """The state and the questions; a person whose access has run out is asked for the code again."""
    if report is None:
        return ask(HTTPStatus.BAD_REQUEST, form=attempt.form, files=attempt.files, notice="expired")
    view: ReceiptView = receipts.view(db.session(), report)
    if view.exchanges and view.state != "withdrawn":
        receipts.mark_read(view.report_id)
    return page(
        "public/receipt.html", view.report_id, attempt.status, view=view, attempt=attempt, clock=clock
    )


def page(
    template: str, report_id: uuid.UUID, status: HTTPStatus = HTTPStatus.OK, **shown: object
) -> ResponseReturnValue:
    """One page about a report, with half an hour's right to go on from it."""
    token = tokens.new_form_token(Form.ANSWER)
    access = tokens.new_access(report_id)
    known = {"access": access, "token": token, "proof": proof.fields(token)}
    return render_template(template, **known, **shown), status


def again(form: Mapping[str, str], files: Sequence[str] = ()) -> ResponseReturnValue:
    """What was written alone, with the same token: what it takes to try again needs no database."""
    shown = render_template("public/again.html", form=form, files=files)
    return shown, HTTPStatus.SERVICE_UNAVAILABLE


def ask(
    status: HTTPStatus = HTTPStatus.OK,
    *,
    form: Mapping[str, str] | None = None,
    files: Sequence[str] = (),
    notice: str = "",
    problems: Problems | None = None,
) -> ResponseReturnValue:
    """The page that asks for the code. What was written before is kept in it."""
    shown = render_template(
        "public/code.html", form=form or {}, files=files, notice=notice, problems=problems or {}
    )
    return shown, status
