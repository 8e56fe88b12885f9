"""The inbox: its page, what is new on it, its saved views. The routes belong to the case page's blueprint."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.accounts.session import current_user
from app.casework import cursor, freshness, queries, saved_views
from app.casework.complaints import MESSAGES, status_of
from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.casework.freshness import Mark
from app.casework.inbox_schemas import ViewIn, address_back, inbox_filter
from app.casework.inbox_view import acts_of, inbox_context, inbox_url, told_count, views_shown
from app.casework.views import InboxFilter, address_of
from app.current import current_settings
from app.database import db, transaction
from app.models import User

Act = Callable[[Session, User], InboxFilter | None]


def add_inbox_routes(blueprint: Blueprint) -> None:
    """Put the inbox's routes on the case page's blueprint."""
    for address, show in (("/", inbox), ("/fresh", fresh), ("/fresh/rows", fresh_rows)):
        blueprint.add_url_rule(address, view_func=show, methods=["GET"])
    for address, act in (
        ("/views", save_view),
        ("/views/<uuid:view_id>", change_view),
        ("/views/<uuid:view_id>/delete", delete_view),
        ("/views/<uuid:view_id>/restore", restore_view),
    ):
        blueprint.add_url_rule(address, view_func=act, methods=["POST"])
    blueprint.add_app_template_filter(told_count)


def inbox() -> ResponseReturnValue:
    """The list of cases, as the address filters it."""
    session, user, wanted = db.session(), current_user(), inbox_filter(request.args)
    start = _start()
    page = queries.inbox_page(session, user, wanted, start)
    return render_template(
        "desk/inbox.html",
        page=page,
        following=page.following.encode(current_settings().secret_key) if page.following else "",
        is_later_page=start is not None,
        **inbox_context(session, user, wanted),
    )


def _start() -> cursor.Cursor | None:
    try:
        word = request.args.get("after")
        return cursor.decode(word, current_settings().secret_key) if word else None
    except cursor.BadCursor:
        abort(HTTPStatus.BAD_REQUEST)


def fresh() -> ResponseReturnValue:
    """How many cases of this filter have come in since a page was drawn, and what each view holds now."""
    mark = _mark()
    if mark is None:
        return {"error": "since"}, HTTPStatus.BAD_REQUEST
    session, user, wanted = db.session(), current_user(), inbox_filter(request.args)
    views = views_shown(session, user, wanted)
    return {
        "count": queries.count_matching(session, user, wanted, freshness.is_new(user, mark)),
        "views": {link.key: told_count(link.count) for link in [*views.standard, *views.saved]},
    }


def fresh_rows() -> ResponseReturnValue:
    """The rows that have come in since a page was drawn, to be put into it, and the mark to ask with from then on."""
    mark = _mark()
    if mark is None:
        abort(HTTPStatus.BAD_REQUEST)
    session, user, wanted = db.session(), current_user(), inbox_filter(request.args)
    following = freshness.mark_now(session, user)
    return render_template(
        "desk/inbox/fresh_rows.html",
        rows=queries.newest_rows(session, user, wanted, freshness.is_new(user, mark)),
        address=address_of(wanted),
        mark=following.encode(),
        bulk_acts=acts_of(user),
    )


def _mark() -> Mark | None:
    return freshness.decode(request.args.get("since", ""))


def save_view() -> ResponseReturnValue:
    """Keep the filter that the form came from under a name."""

    def act(session: Session, user: User) -> InboxFilter:
        wanted, data = inbox_filter(address_back(request.form.get("back", ""))), ViewIn().load(request.form)
        saved_views.save(session, user, data["name"], wanted, is_shared=data["is_shared"])
        return wanted

    return _perform(act, done=gettext("The view is saved."))


def change_view(view_id: uuid.UUID) -> ResponseReturnValue:
    """Rename a view, share it, or take it back."""

    def act(session: Session, user: User) -> InboxFilter:
        data = ViewIn().load(request.form)
        view = saved_views.change(session, user, view_id, data["name"], is_shared=data["is_shared"])
        return inbox_filter(view.address)

    return _perform(act, done=gettext("The view is saved."))


def delete_view(view_id: uuid.UUID) -> ResponseReturnValue:
    """Delete a view; the next page offers to put it back."""

    def act(session: Session, user: User) -> None:
        saved_views.remove(session, user, view_id)

    return _perform(act, done=gettext("The view is deleted."))


def restore_view(view_id: uuid.UUID) -> ResponseReturnValue:
    """Put a deleted view back."""

    def act(session: Session, user: User) -> InboxFilter:
        return inbox_filter(saved_views.restore(session, user, view_id).address)

    return _perform(act, done=gettext("The view is back."))


def _perform(act: Act, *, done: str) -> ResponseReturnValue:
    """Do one thing in one transaction and go to the inbox as it filters; what stands in the way is told there."""
    try:
        with transaction() as session:
            wanted = act(session, current_user())
    except ValidationError:
        abort(HTTPStatus.BAD_REQUEST)
    except CaseworkError as error:
        if error.code in {NOT_FOUND, FORBIDDEN}:
            abort(status_of(error))
        flash(str(MESSAGES[error.code]), "problem")
        return redirect(inbox_url(address_back(request.form.get("back", ""))), HTTPStatus.SEE_OTHER)
    flash(done)
    return redirect(inbox_url(address_of(wanted) if wanted else {}), HTTPStatus.SEE_OTHER)
