"""The page on which a supervisor of the desk reviews what the lists of names may learn."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_percent, gettext, ngettext

from app.accounts.session import current_user
from app.database import db, transaction
from app.models import SuggestionState, User
from app.naming import decide, queries

blueprint = Blueprint("naming", __name__, url_prefix="/desk/names")

_DECISIONS = {str(state): state for state in (SuggestionState.ACCEPTED, SuggestionState.REJECTED)}


@blueprint.get("")
def names() -> ResponseReturnValue:
    """The words in one state, and the figures of the month."""
    _desk_user()
    asked = request.args.get("state", "")
    state = SuggestionState(asked) if asked in set(SuggestionState) else SuggestionState.PROPOSED
    return _page(state)


@blueprint.post("")
def decide_names() -> ResponseReturnValue:
    """Accept or reject the words that were ticked."""
    decision, ids = _DECISIONS.get(request.form.get("decision", "")), _ids(request.form.getlist("word"))
    asked = request.form.get("state", "")
    state = SuggestionState(asked) if asked in set(SuggestionState) else SuggestionState.PROPOSED
    if decision is None or not ids:
        _desk_user()
        return _page(state, problem=gettext("Tick the words that you decide on."))
    with transaction() as session:
        count = decide(session, _desk_user(), ids, decision)
    flash(ngettext("%(num)s word decided.", "%(num)s words decided.", count))
    return redirect(url_for("naming.names", state=str(state)), HTTPStatus.SEE_OTHER)


def _page(state: SuggestionState, problem: str = "") -> ResponseReturnValue:
    session, since = db.session(), queries.month_start()
    page = render_template(
        "desk/names.html",
        state=state,
        suggestions=queries.suggestions(session, state),
        counts=queries.counts(session),
        figures=queries.figures(session, since),
        since=since,
        problem=problem,
        percent=lambda share: format_percent(share, "0.#\u00a0%"),
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK


def _desk_user() -> User:
    """The person, if their organisation is the desk: words of every case come together here."""
    user = current_user()
    if not user.organisation.sees_every_case:
        abort(HTTPStatus.FORBIDDEN)
    return user


def _ids(values: Iterable[str]) -> list[uuid.UUID]:
    found = []
    for value in list(values)[: queries.PAGE_SIZE]:
        try:
            found.append(uuid.UUID(value))
        except ValueError:
            continue
    return found
