"""The pages behind the first. What was given is with us already; each page makes it more, and none is required.

A page knows which draft it belongs to by a token in a hidden field, never in an address. Whatever fails, what was typed
stays on the screen.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from app.current import current_settings
from app.database import db
from app.intake import drafts
from app.intake.drafts import Given
from app.languages import page_language
from app.public import flow, views
from app.public.posted import Posted, read_posted
from app.public.routes import blueprint
from app.public.steps import Step
from app.public.switching import is_asking_for_language

_TO = "to:"


@blueprint.get("/next")
def start_again() -> ResponseReturnValue:
    """Whoever types this address, or comes back to it, gets the first page."""
    return redirect(url_for("public.report_form", lang=page_language()), HTTPStatus.SEE_OTHER)


@blueprint.post("/next")
def next_page() -> ResponseReturnValue:
    """Take what a page gave and show the next one, or the code."""
    posted = read_posted(request, current_settings())
    try:
        return _answer(posted)
    except SQLAlchemyError:
        return views.retry(posted.fields)


def _answer(posted: Posted) -> ResponseReturnValue:
    form = posted.fields
    token, go = form.get("token", ""), form.get("go", "on")
    opened = drafts.read(current_settings(), db.session(), token)
    if opened is None:
        return _finish(form) if go == "finish" else views.over(form)
    step = flow.step_named(form.get("step", ""), opened.given)
    if step is None:
        return _from_check(form, go, opened.given)
    if is_asking_for_language(go):
        return views.show(token, step, opened.given, form=form)
    if go == "skip":
        return _onwards(form, step, go, opened.given)
    return _take(posted, step, go, opened.given)


def _take(posted: Posted, step: Step, go: str, before: Given) -> ResponseReturnValue:
    """Keep the page. Who goes back isn't held up by a mistake on the page they leave."""
    form = posted.fields
    try:
        given = drafts.add(
            current_settings(), form["token"], lambda held: step.take(form, held), posted.uploads
        )
    except ValidationError as error:
        if go == "back":
            return _onwards(form, step, go, before)
        return views.show(form["token"], step, before, form=form, problems=error.messages_dict)
    return views.over(form) if given is None else _onwards(form, step, go, given)


def _onwards(form: Mapping[str, str], step: Step, go: str, given: Given) -> ResponseReturnValue:
    token = form["token"]
    if go == "finish":
        return _finish(form)
    if form.get("then") == flow.CHECK:  # it was opened from there
        return views.show(token, None, given)
    if go == "back":
        return views.show(token, flow.preceding(step, given), given)
    return views.show(token, flow.following(step, given), given)


def _from_check(form: Mapping[str, str], go: str, given: Given) -> ResponseReturnValue:
    """The last page sends, or opens a page again. A page that is no longer put has nothing to keep."""
    token = form["token"]
    if form.get("step") == flow.CHECK:
        if go in {"on", "finish"}:
            return _finish(form)
        if go == "back":
            return views.show(token, flow.preceding(None, given), given)
        if go.startswith(_TO):
            step = flow.step_named(go.removeprefix(_TO), given)
            return views.show(token, step, given, then=flow.CHECK)
    return views.show(token, None, given)


def _finish(form: Mapping[str, str]) -> ResponseReturnValue:
    code = drafts.finish(current_settings(), form.get("token", ""))
    return views.code(code) if code else views.over(form)
