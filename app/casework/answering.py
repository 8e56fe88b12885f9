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
from app.casework import service
from app.casework.casepage import case_page
from app.casework.complaints import (
    NeedsConfirmation,
    Redraw,
    from_casework,
    from_cost,
    from_validation,
    status_of,
)
from app.casework.errors import CHANGED_MEANWHILE, CaseworkError
from app.casework.visibility import visible_case, visible_cases
from app.casework.wording import MASKS, STATUSES, URGENCIES, VERIFICATIONS, place_label
from app.clock import utcnow
from app.database import db, transaction
from app.geography.map import draw_case_map
from app.messaging.hours import clock
from app.messaging.segments import GSM_BASIC, GSM_EXTENDED, LONGEST_QUESTION
from app.models import Case, User
from app.reference import geography
from app.reference.taxonomy import violations

Act = Callable[[Session, User, dict[str, Any]], None]


def show_case(case_id: uuid.UUID, form: FormState, status: int = HTTPStatus.OK) -> ResponseReturnValue:
    """The page of a case this person may see. Opening it is on record."""
    with transaction() as session:
        user = current_user()
        try:
            found = visible_case(session, user, case_id)
        except CaseworkError:
            abort(HTTPStatus.NOT_FOUND)
        audit.record(session, Action.CASE_READ, f"case:{found.id}", actor=f"user:{user.id}")
    page = case_page(db.session(), user, found)
    return (
        render_template(
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
        ),
        status,
    )


def _map_of(case: Case) -> str:
    place = place_label(case.region_code, case.cercle_code, case.place_name)
    description = gettext("Regions of Mali, approximate. Marked: %(place)s", place=place)
    return draw_case_map(
        case.region_code, case.cercle_code, case.latitude, case.longitude, place, description
    )


def perform(
    case_id: uuid.UUID, name: str, schema: Schema, act: Act, *, done: str, is_free_of_version: bool = False
) -> ResponseReturnValue:
    """Read one form, do one thing in one transaction, and go back to the case; or show the form again."""
    typed = request.form.to_dict()
    try:
        data = schema.load(typed)
        with transaction() as session:
            user = current_user()
            if not is_free_of_version:
                service.check_version(session, user, case_id, data["version"])
            act(session, user, data)
    except ValidationError as error:
        return show_case(case_id, from_validation(name, typed, error), HTTPStatus.UNPROCESSABLE_ENTITY)
    except NeedsConfirmation as error:
        return show_case(case_id, from_cost(name, typed, error), HTTPStatus.UNPROCESSABLE_ENTITY)
    except Redraw as wanted:
        return show_case(case_id, FormState(name, {**typed, **wanted.values}))
    except CaseworkError as error:
        return _refuse(case_id, name, typed, error)
    except (StaleDataError, IntegrityError):
        return _refuse(case_id, name, typed, CaseworkError(CHANGED_MEANWHILE))
    flash(done)
    return redirect(_way_back(case_id, request.form.get("section", "")), HTTPStatus.SEE_OTHER)


def _refuse(
    case_id: uuid.UUID, name: str, typed: Mapping[str, str], error: CaseworkError
) -> ResponseReturnValue:
    status = status_of(error)
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}:
        abort(status)
    return show_case(case_id, from_casework(name, typed, error), status)


def _way_back(case_id: uuid.UUID, section: str) -> str:
    """The part of the page that the person came from; the inbox if the case is no longer theirs to see."""
    still_visible = visible_cases(current_user()).where(Case.id == case_id).with_only_columns(Case.id)
    if db.session.scalar(still_visible) is None:
        return url_for("casework.inbox")
    known = {"account", "findings", "conversation", "wishes", "referrals", "work", "history"}
    return url_for("casework.case", case_id=case_id, _anchor=section if section in known else None)
