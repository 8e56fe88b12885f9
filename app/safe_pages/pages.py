"""The page of the safe, fresh or with what stands in the way."""

from __future__ import annotations

from http import HTTPStatus

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.forms import FormState
from app.accounts.session import current_user
from app.database import db
from app.safe import errors
from app.safe.unlocking import unlocked
from app.safe_pages.views import view
from app.safe_pages.words import status_for, words_for


def show(form: FormState) -> str:
    """The overview with a form that came back, if any."""
    session, user = db.session(), current_user()
    return render_template("desk/safe.html", view=view(session, user, unlocked()), user=user, form=form)


def refused(code: str) -> ResponseReturnValue:
    """The overview with what stands in the way; somebody whose safe is locked is asked to unlock it."""
    if code == errors.LOCKED:
        onward = request.path if request.method == "GET" else url_for("safe.overview")
        return redirect(url_for("safe.unlock_form", next=onward), HTTPStatus.SEE_OTHER)
    if code == errors.FORBIDDEN:
        abort(HTTPStatus.FORBIDDEN)
    return show(FormState("safe", {}, {"": words_for(code)})), status_for(code)
