"""The pages behind the first, as they are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import render_template
from flask.typing import ResponseReturnValue

from app.intake.drafts import Given
from app.public import flow
from app.public.steps import Step

Problems = Mapping[str, Sequence[str]]

_OWN_FIELDS = frozenset(
    {"token", "step", "then", "lang", "go", "file"}
)  # of the pages, not of who fills them in


def show(
    token: str,
    step: Step | None,
    given: Given,
    *,
    form: Mapping[str, str] | None = None,
    problems: Problems | None = None,
    then: str = "",
) -> ResponseReturnValue:
    """A page, with what was given or, where it comes back, what was typed; the last page where there is no step."""
    number, total = flow.position(step, given)
    known = {"token": token, "number": number, "total": total, "given": given}
    if step is None:
        return render_template("public/check.html", **known, answers=flow.answers_for(given))
    page = render_template(
        step.template,
        **{**known, **step.context(given)},
        step=step,
        form=step.shown(given) if form is None else form,
        problems=problems or {},
        then=form.get("then", "") if form else then,
    )
    return page, HTTPStatus.BAD_REQUEST if problems else HTTPStatus.OK


def code(written: str) -> ResponseReturnValue:
    """The receipt code, this once."""
    return render_template("public/sent.html", groups=written.split("-")), HTTPStatus.CREATED


def over(form: Mapping[str, str]) -> ResponseReturnValue:
    """The draft is finished or too old: what was sent is kept, and what was typed on this page isn't."""
    return render_template("public/over.html", typed=_typed(form)), HTTPStatus.GONE


def retry(form: Mapping[str, str]) -> ResponseReturnValue:
    """The page that was sent, to be sent again: what it takes needs no database."""
    fields = {name: value for name, value in form.items() if name != "lang"}
    page = render_template("public/retry.html", fields=fields, typed=_typed(form))
    return page, HTTPStatus.SERVICE_UNAVAILABLE


def _typed(form: Mapping[str, str]) -> str:
    """What people can recognise as theirs: words, not codes of choices."""
    words = (value for name, value in form.items() if name not in _OWN_FIELDS and " " in value.strip())
    return "\n".join(words)
