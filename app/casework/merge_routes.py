"""Comparing two cases, merging them, taking them apart, and who else is there. On the case page's blueprint."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import ValidationError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app import audit
from app.accounts.forms import FormState
from app.accounts.permissions import Permission
from app.accounts.session import current_user
from app.audit import Action
from app.casework import merge_schemas as schemas
from app.casework import merging, service, splitting
from app.casework.answering import lead_on, perform, show_case
from app.casework.complaints import from_casework, from_validation, status_of
from app.casework.errors import CHANGED_MEANWHILE, FORBIDDEN, NOT_FOUND, CaseworkError
from app.casework.merge_views import init_merge_views, offer_undoing, people_here
from app.casework.merged import by_reference
from app.casework.presence import summary
from app.casework.schemas import FormIn
from app.casework.twin_views import twin_page
from app.casework.visibility import desk_case, visible_case
from app.database import db, transaction
from app.models import Case, CaseMerge, Disclosure, FindingState, User

_CASE = "/cases/<uuid:case_id>"
_TWIN = f"{_CASE}/twins/<uuid:other_id>"


def add_merge_routes(blueprint: Blueprint) -> None:
    """Put these routes on the case page's blueprint, and what the page shows of them at hand for templates."""
    init_merge_views(blueprint)
    for address, act, method in (
        (f"{_CASE}/twins", find_twin, "GET"),
        (_TWIN, twins, "GET"),
        (f"{_TWIN}/merge", merge_cases, "POST"),
        (f"{_TWIN}/decision", decide_twins, "POST"),
        (f"{_CASE}/merges/<uuid:merge_id>/undoing", undo_merge, "POST"),
        (f"{_CASE}/reports/<uuid:report_id>/taking-out", take_report_out, "POST"),
        (f"{_CASE}/presence", presence, "GET"),
    ):
        blueprint.add_url_rule(address, view_func=act, methods=[method])


def find_twin(case_id: uuid.UUID) -> ResponseReturnValue:
    """Go from a typed reference to the two cases side by side."""
    typed = {"reference": request.args.get("reference", "")[:20]}
    found = by_reference(db.session(), current_user(), typed["reference"])
    if found is None or found.id == case_id:
        error = CaseworkError("twin_itself" if found else "twin_unknown")
        return show_case(case_id, from_casework("twin", typed, error), HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect(url_for("casework.twins", case_id=case_id, other_id=found.id), HTTPStatus.SEE_OTHER)


def twins(case_id: uuid.UUID, other_id: uuid.UUID) -> ResponseReturnValue:
    """Two cases side by side. Opening them is on record."""
    return _show(case_id, other_id, FormState(), HTTPStatus.OK)


def _show(case_id: uuid.UUID, other_id: uuid.UUID, form: FormState, status: int) -> ResponseReturnValue:
    try:
        with transaction() as session:
            user = current_user()
            case, other = (
                desk_case(session, user, each, Permission.WORK_ON_CASES) for each in (case_id, other_id)
            )
            for each in (case, other):
                audit.record(session, Action.CASE_READ, f"case:{each.id}", actor=f"user:{user.id}")
    except CaseworkError as error:
        return _turn_away(case_id, error)
    page = twin_page(db.session(), user, case, other)
    return render_template("desk/twins.html", page=page, case=case, other=other, form=form), status


def _turn_away(case_id: uuid.UUID, error: CaseworkError) -> ResponseReturnValue:
    if error.code == NOT_FOUND:
        return lead_on(db.session(), current_user(), case_id)
    if error.code == FORBIDDEN:
        abort(HTTPStatus.FORBIDDEN)
    return show_case(case_id, from_casework("twin", {}, error), status_of(error))


def merge_cases(case_id: uuid.UUID, other_id: uuid.UUID) -> ResponseReturnValue:
    """Let one of two cases take in the other."""
    typed = request.form.to_dict()
    try:
        data = schemas.MergeIn().load(typed)
        with transaction() as session:
            done = _merge(session, current_user(), case_id, other_id, data)
    except ValidationError as error:
        return _show(
            case_id, other_id, from_validation("merge", typed, error), HTTPStatus.UNPROCESSABLE_ENTITY
        )
    except CaseworkError as error:
        if error.code in {NOT_FOUND, FORBIDDEN}:
            return _turn_away(case_id, error)
        return _show(case_id, other_id, from_casework("merge", typed, error), status_of(error))
    except StaleDataError:
        late = CaseworkError(CHANGED_MEANWHILE)
        return _show(case_id, other_id, from_casework("merge", typed, late), status_of(late))
    offer_undoing(done.into_id, merge_id=done.id)
    flash(gettext("The two cases are one now. Each report is still a source of its own."))
    return redirect(url_for("casework.case", case_id=done.into_id), HTTPStatus.SEE_OTHER)


def _merge(
    session: Session, user: User, case_id: uuid.UUID, other_id: uuid.UUID, data: dict[str, Any]
) -> CaseMerge:
    ids = {case_id: data["version"], other_id: data["other_version"]}
    survivor = data["survivor"]
    if survivor not in ids:
        raise CaseworkError("choose")
    for each, version in ids.items():
        service.check_version(session, user, each, version)
    gone = other_id if survivor == case_id else case_id
    return merging.merge(session, user, survivor, gone, is_same_message=data["is_same_message"])


def decide_twins(case_id: uuid.UUID, other_id: uuid.UUID) -> ResponseReturnValue:
    """Say that two cases are two, or take that back."""
    try:
        data = schemas.TwinDecisionIn().load(request.form.to_dict())
        with transaction() as session:
            _decide(session, current_user(), case_id, other_id, is_two=data["decision"] == schemas.TWO)
    except ValidationError:
        abort(HTTPStatus.BAD_REQUEST)
    except CaseworkError as error:
        return _turn_away(case_id, error)
    return redirect(url_for("casework.twins", case_id=case_id, other_id=other_id), HTTPStatus.SEE_OTHER)


def _decide(session: Session, user: User, case_id: uuid.UUID, other_id: uuid.UUID, *, is_two: bool) -> None:
    case, other = merging.both(session, user, case_id, other_id)
    decision = FindingState.REJECTED if is_two else FindingState.PROPOSED
    for finding in merging.twin_findings(session, case, other):
        service.decide_finding(session, user, finding.id, decision=decision)


def undo_merge(case_id: uuid.UUID, merge_id: uuid.UUID) -> ResponseReturnValue:
    """Put back what was before a merge."""

    def act(session: Session, user: User, _data: dict[str, Any]) -> None:
        restored = splitting.undo_merge(session, user, case_id, merge_id)
        offer_undoing(case_id, other_id=restored.id)

    done = gettext(
        "The merged case has its own life again. What was done since then stayed where it was done."
    )
    return perform(case_id, f"merge-{merge_id}", FormIn(), act, done=done)


def take_report_out(case_id: uuid.UUID, report_id: uuid.UUID) -> ResponseReturnValue:
    """Take one report out of a case."""

    def act(session: Session, user: User, _data: dict[str, Any]) -> None:
        offer_undoing(case_id, other_id=splitting.take_out(session, user, case_id, report_id).id)

    done = gettext("The report has a case of its own now.")
    return perform(case_id, f"report-{report_id}", FormIn(), act, done=done)


def presence(case_id: uuid.UUID) -> ResponseReturnValue:
    """Who else has a case open, for the page's script; `writing=1` if whoever asks is writing."""
    try:
        case: Case = visible_case(db.session(), current_user(), case_id, least=Disclosure.SUMMARY)
    except CaseworkError:
        abort(HTTPStatus.NOT_FOUND)
    people = people_here(case, is_writing=request.args.get("writing") == "1")
    shown = [{"initials": each.initials, "text": each.sentence} for each in people]
    return {"people": shown, "text": summary(people), "version": case.version}
