"""Doing one thing to several cases from the inbox, and undoing it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from marshmallow import ValidationError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.accounts.session import current_user
from app.casework import bulk
from app.casework.bulk_acts import BulkAct
from app.casework.complaints import MESSAGES, status_of
from app.casework.errors import CHANGED_MEANWHILE, FORBIDDEN, NOT_FOUND, CaseworkError
from app.casework.inbox_schemas import BulkIn, address_back
from app.casework.inbox_view import inbox_url
from app.casework.visibility import visible_cases
from app.database import db, transaction
from app.models import Case, User

OneCase = Callable[[Session, User], None]


def add_bulk_routes(blueprint: Blueprint) -> None:
    """Put the routes on the case page's blueprint."""
    blueprint.add_url_rule("/bulk", view_func=change_many, methods=["POST"])
    blueprint.add_url_rule("/bulk/<uuid:change_id>/undo", view_func=undo_many, methods=["POST"])


def change_many() -> ResponseReturnValue:
    """Do one thing to the cases that were ticked, or to all that the page listed."""
    try:
        data = BulkIn().load(_form())
    except ValidationError:
        flash(gettext("Choose what is to be done."), "problem")
        return _back()
    cases = dict(data["listed"] if data["all"] else data["cases"])
    if not cases or len(cases) > bulk.MOST_CASES:
        flash(gettext("Tick the cases first."), "problem")
        return _back()
    with transaction() as session:
        change_id = bulk.begin(session, current_user(), BulkAct(data["act"])).id
    failed = _each(
        {case_id: _change(change_id, case_id, version, data) for case_id, version in cases.items()}
    )
    done = len(cases) - sum(map(len, failed.values()))
    _tell(failed, done, ngettext("%(num)s case is changed.", "%(num)s cases are changed.", done))
    return _back()


def _form() -> dict[str, Any]:
    """The form with its repeated fields as lists."""
    return {**request.form.to_dict(), **{name: request.form.getlist(name) for name in ("cases", "listed")}}


def _change(change_id: uuid.UUID, case_id: uuid.UUID, version: int, data: Mapping[str, Any]) -> OneCase:
    def act(session: Session, user: User) -> None:
        bulk.apply(
            session,
            user,
            change_id,
            case_id,
            version,
            assignee_id=data["assignee"],
            reason=data["reason"],
        )

    return act


def undo_many(change_id: uuid.UUID) -> ResponseReturnValue:
    """Put back what was, in every case that nobody has touched since."""
    try:
        with transaction() as session:
            items = bulk.begin_undoing(session, current_user(), change_id)
            pending = {item.case_id: item.id for item in items}
    except CaseworkError as error:
        if error.code == NOT_FOUND:
            abort(status_of(error))
        flash(str(MESSAGES[error.code]), "problem")
        return _back()
    failed = _each({case_id: _undo(item_id) for case_id, item_id in pending.items()})
    done = len(pending) - sum(map(len, failed.values()))
    _tell(failed, done, ngettext("%(num)s case is as it was.", "%(num)s cases are as they were.", done))
    return _back()


def _undo(item_id: uuid.UUID) -> OneCase:
    return lambda session, user: bulk.put_back(session, user, item_id)


def _each(acts: Mapping[uuid.UUID, OneCase]) -> dict[str, list[uuid.UUID]]:
    """Act on each case in a transaction of its own; the cases that could not be done, by what stood in the way."""
    failed: dict[str, list[uuid.UUID]] = defaultdict(list)
    for case_id, act in acts.items():
        try:
            with transaction() as session:
                act(session, current_user())
        except CaseworkError as error:
            failed[error.code].append(case_id)
        except (StaleDataError, IntegrityError):
            failed[CHANGED_MEANWHILE].append(case_id)
    return failed


def _tell(failed: Mapping[str, list[uuid.UUID]], done: int, success: str) -> None:
    if done:
        flash(success)
    for code, case_ids in failed.items():
        flash(f"{_why(code)} {_references(case_ids)}".strip(), "problem")


def _why(code: str) -> str:
    if code == FORBIDDEN:
        return gettext("You may not do this with:")
    if code == NOT_FOUND:
        return gettext("Some of these cases are no longer there for you.")
    if code == CHANGED_MEANWHILE:
        return gettext("Changed by somebody else meanwhile, and left as they are:")
    return str(MESSAGES.get(code) or gettext("Check this field."))


def _references(case_ids: Iterable[uuid.UUID]) -> str:
    """The cases as people call them, as far as this person still sees them."""
    known = visible_cases(current_user()).where(Case.id.in_(list(case_ids))).order_by(Case.number)
    return ", ".join(case.reference for case in db.session.scalars(known))


def _back() -> ResponseReturnValue:
    """The page of the inbox that the form came from, from its beginning: cases may have left it."""
    return redirect(inbox_url(address_back(request.form.get("back", ""))), HTTPStatus.SEE_OTHER)
