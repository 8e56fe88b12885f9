"""Answering with a case: its page, also with a form that came back, and what happens to a form that is sent."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import Schema, ValidationError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app import audit
from app.accounts.forms import FormState
from app.accounts.session import current_user
from app.audit import Action
from app.casework import differences
from app.casework.casepage import case_page
from app.casework.complaints import (
    NeedsConfirmation,
    Redraw,
    from_casework,
    from_cost,
    from_validation,
    status_of,
)
from app.casework.disclosure import disclosed
from app.casework.errors import CHANGED_MEANWHILE, CaseworkError
from app.casework.merged import goes_on_in
from app.casework.summary_page import summary_page
from app.casework.visibility import visible_case, visible_cases
from app.casework.wording import MASKS, STATUSES, URGENCIES, VERIFICATIONS, place_label
from app.clock import utcnow
from app.database import db, transaction
from app.geography.map import draw_case_map
from app.messaging.hours import clock
from app.messaging.segments import GSM_BASIC, GSM_EXTENDED, LONGEST_QUESTION
from app.models import Case, Disclosure, Organisation, User
from app.notifications.service import mark_read
from app.reference import geography
from app.reference.taxonomy import violations

_SECTIONS = frozenset(
    {
        "account",
        "findings",
        "conversation",
        "wishes",
        "referrals",
        "conflicts",
        "work",
        "history",
        "persons",
        "acts",
        "links",
        "verification",
        "together",
        "custody",
    }
)

Act = Callable[[Session, User, dict[str, Any]], None]
Show = Callable[[uuid.UUID, FormState, int], ResponseReturnValue]


def show_case(case_id: uuid.UUID, form: FormState, status: int = HTTPStatus.OK) -> ResponseReturnValue:
    """The page of a case this person may see. Opening it is on record."""
    with transaction() as session:
        user = current_user()
        try:
            found = visible_case(session, user, case_id, least=Disclosure.SUMMARY)
        except CaseworkError:
            return lead_on(session, user, case_id)
        audit.record(session, Action.CASE_READ, f"case:{found.id}", actor=f"user:{user.id}")
        mark_read(session, user, case_id=found.id)
    return render_case(db.session(), user, found, form), status


def lead_on(session: Session, user: User, case_id: uuid.UUID) -> ResponseReturnValue:
    """The way from a case that was merged to the one it goes on in; not found for any other."""
    survivor = goes_on_in(session, user, case_id)
    if survivor is None:
        abort(HTTPStatus.NOT_FOUND)
    flash(gettext("The case you asked for was merged into this one."))
    return redirect(url_for("casework.case", case_id=survivor.id), HTTPStatus.SEE_OTHER)


def render_case(
    session: Session, user: User, found: Case, form: FormState, *, preview_for: Organisation | None = None
) -> str:
    """A case's page as much of it as is disclosed to a person; `preview_for` whom the desk looks as."""
    if disclosed(user, found) is Disclosure.SUMMARY:
        summarised = summary_page(session, user, found)
        return render_template("desk/summary.html", page=summarised, form=form, preview_for=preview_for)
    page = case_page(session, user, found)
    return render_template(
        "desk/case.html",
        page=page,
        case=found,
        form=form,
        case_map=_map_of(found),
        violations=violations(),
        regions=geography.regions(),
        cercles_of=geography.cercles_of,
        statuses=STATUSES,
        verifications=VERIFICATIONS,
        urgencies=URGENCIES,
        masks=MASKS,
        longest_question=LONGEST_QUESTION,
        gsm=(GSM_BASIC, GSM_EXTENDED),
        clock=clock,
        now=utcnow(),
        preview_for=preview_for,
    )


def _map_of(case: Case) -> str:
    place = place_label(case.region_code, case.cercle_code, case.place_name)
    description = gettext("Regions of Mali, approximate. Marked: %(place)s", place=place)
    return draw_case_map(
        case.region_code, case.cercle_code, case.latitude, case.longitude, place, description
    )


def perform(
    case_id: uuid.UUID,
    name: str,
    schema: Schema,
    act: Act,
    *,
    done: str,
    is_free_of_version: bool = False,
    show: Show = show_case,
) -> ResponseReturnValue:
    """Read one form, do one thing in one transaction, and go back to the case; or show the form again (by `show`)."""
    typed = request.form.to_dict()
    try:
        data = schema.load(typed)
        seen = None if is_free_of_version else data["version"]
        try:
            _do(case_id, name, typed, seen, data, act)
        except StaleDataError:  # a colleague was quicker by a moment, perhaps with something else
            _do(case_id, name, typed, seen, data, act)
    except ValidationError as error:
        return show(case_id, from_validation(name, typed, error), HTTPStatus.UNPROCESSABLE_ENTITY)
    except NeedsConfirmation as error:
        return show(case_id, from_cost(name, typed, error), HTTPStatus.UNPROCESSABLE_ENTITY)
    except Redraw as wanted:
        return show(case_id, FormState(name, {**typed, **wanted.values}), HTTPStatus.OK)
    except CaseworkError as error:
        return _refuse(case_id, name, typed, error, show)
    except (StaleDataError, IntegrityError):
        return _refuse(case_id, name, typed, CaseworkError(CHANGED_MEANWHILE), show)
    flash(done)
    return redirect(_way_back(case_id, request.form.get("section", "")), HTTPStatus.SEE_OTHER)


def _do(
    case_id: uuid.UUID,
    name: str,
    typed: Mapping[str, str],
    seen: int | None,
    data: dict[str, Any],
    act: Act,
) -> None:
    """One thing in one transaction, unless somebody changed the same since the version that was seen."""
    with transaction() as session:
        user = current_user()
        if seen is not None:
            differences.check(session, user, case_id, name, typed, seen)
        act(session, user, data)


def _refuse(
    case_id: uuid.UUID, name: str, typed: Mapping[str, str], error: CaseworkError, show: Show
) -> ResponseReturnValue:
    status = status_of(error)
    if status == HTTPStatus.NOT_FOUND:
        return lead_on(db.session(), current_user(), case_id)
    if status == HTTPStatus.FORBIDDEN:
        abort(status)
    if status == HTTPStatus.CONFLICT:
        form = differences.held_back(db.session(), current_user(), case_id, name, typed, error)
        return show(case_id, form, status)
    return show(case_id, from_casework(name, typed, error), status)


def _way_back(case_id: uuid.UUID, section: str) -> str:
    """The part of the page that the person came from; the inbox if the case is no longer theirs to see."""
    still_visible = visible_cases(current_user()).where(Case.id == case_id).with_only_columns(Case.id)
    if db.session.scalar(still_visible) is None:
        return url_for("casework.inbox")
    return url_for("casework.case", case_id=case_id, _anchor=section if section in _SECTIONS else None)
