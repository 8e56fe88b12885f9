"""What is done with referrals and with whom a case concerns. The routes belong to the case page's blueprint."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.accounts.forms import FormState
from app.accounts.permissions import Permission
from app.accounts.session import current_user
from app.casework import conflicts, referral_schemas, service
from app.casework.answering import perform, render_case, show_case
from app.casework.complaints import from_casework, from_validation, status_of
from app.casework.conflicts import Concerned
from app.casework.errors import NOT_FOUND, CaseworkError
from app.casework.overriding import Override, allowed_by_reporters, ground_label, grounds, may_override
from app.casework.previewing import seen_by
from app.casework.referral_views import receivers
from app.casework.visibility import desk_case
from app.database import db
from app.models import Case, Disclosure, ReferralState, User

_CASE = "/cases/<uuid:case_id>"


def add_referral_routes(blueprint: Blueprint) -> None:
    """Put the referrals' routes on the case page's blueprint."""
    for address, act in (
        (f"{_CASE}/referrals", refer),
        (f"{_CASE}/referrals/preview", preview_referral),
        (f"{_CASE}/referrals/override", override_consent),
        (f"{_CASE}/referrals/<uuid:referral_id>", answer_referral),
        (f"{_CASE}/referrals/<uuid:referral_id>/disclosure", change_disclosure),
        (f"{_CASE}/conflicts", state_conflict),
        (f"{_CASE}/conflicts/<uuid:conflict_id>", remove_conflict),
    ):
        blueprint.add_url_rule(address, view_func=act, methods=["POST"])
    blueprint.add_url_rule(f"{_CASE}/referrals/override", view_func=override_form, methods=["GET"])


def refer(case_id: uuid.UUID) -> ResponseReturnValue:
    """Refer the case to an organisation."""

    def act(session: Session, user: User, data: dict[str, Any]) -> None:
        service.refer(session, user, case_id, _receiver(data), **_terms(data))

    return perform(
        case_id, "refer", referral_schemas.ReferralIn(), act, done=gettext("The case is referred.")
    )


def _receiver(data: Mapping[str, Any]) -> uuid.UUID:
    chosen: uuid.UUID | None = data["organisation"]
    if chosen is None:
        raise CaseworkError("organisation_unknown")
    return chosen


def _terms(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "note": data["note"],
        "deadline_hours": data["deadline_hours"],
        "disclosure": Disclosure(data["disclosure"]),
    }


def answer_referral(case_id: uuid.UUID, referral_id: uuid.UUID) -> ResponseReturnValue:
    """Accept, decline, finish, send or revoke a referral."""

    def act(session: Session, user: User, data: dict[str, Any]) -> None:
        state = ReferralState(data["state"])
        referral = service.answer_referral(session, user, referral_id, state, note=data["note"])
        _check_owner(referral.case_id, case_id)

    name, done = f"referral-{referral_id}", gettext("Referral kept.")
    return perform(case_id, name, referral_schemas.AnswerIn(), act, done=done)


def change_disclosure(case_id: uuid.UUID, referral_id: uuid.UUID) -> ResponseReturnValue:
    """Let the receiving organisation see more, or less."""

    def act(session: Session, user: User, data: dict[str, Any]) -> None:
        wanted = Disclosure(data["disclosure"])
        _check_owner(service.change_disclosure(session, user, referral_id, wanted).case_id, case_id)

    name, done = f"disclosure-{referral_id}", gettext("What they see is changed.")
    return perform(case_id, name, referral_schemas.DisclosureIn(), act, done=done)


def _check_owner(owner_id: uuid.UUID, case_id: uuid.UUID) -> None:
    """Refuse what belongs to another case than the address says: that one's version was not checked."""
    if owner_id != case_id:
        raise CaseworkError(NOT_FOUND)


def preview_referral(case_id: uuid.UUID) -> ResponseReturnValue:
    """The case as the organisation would see it. Nothing is sent."""
    typed = request.form.to_dict()
    try:
        data = referral_schemas.ReferralIn().load(typed)
        return _preview(db.session(), current_user(), case_id, data)
    except ValidationError as error:
        form, status = from_validation("refer", typed, error), HTTPStatus.UNPROCESSABLE_ENTITY
    except CaseworkError as error:
        form, status = from_casework("refer", typed, error), status_of(error)
        if status in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}:
            abort(status)
    return show_case(case_id, form, status)


def _preview(
    session: Session, user: User, case_id: uuid.UUID, data: Mapping[str, Any]
) -> ResponseReturnValue:
    disclosure, note = Disclosure(data["disclosure"]), data["note"]
    with seen_by(session, user, case_id, _receiver(data), disclosure=disclosure, note=note) as (reader, case):
        return render_case(session, reader, case, FormState(), preview_for=reader.organisation)


def override_form(case_id: uuid.UUID) -> ResponseReturnValue:
    """What the reporter had allowed, and the form to go beyond it."""
    return _show_override(case_id, FormState())


def override_consent(case_id: uuid.UUID) -> ResponseReturnValue:
    """Refer although the reporter has not allowed it, once it was confirmed with a ground and a reason."""

    def act(session: Session, user: User, data: dict[str, Any]) -> None:
        if not data["confirmed"]:
            raise CaseworkError("override_unconfirmed")
        override = Override(data["ground"], data["reason"])
        service.refer(session, user, case_id, _receiver(data), **_terms(data), override=override)

    return perform(
        case_id,
        "override",
        referral_schemas.OverrideIn(),
        act,
        done=gettext("The case is referred."),
        show=_show_override,
    )


def _show_override(case_id: uuid.UUID, form: FormState, status: int = HTTPStatus.OK) -> ResponseReturnValue:
    session, user = db.session(), current_user()
    try:
        case = desk_case(session, user, case_id, Permission.OVERRIDE_CONSENT)
    except CaseworkError as error:
        abort(status_of(error) if error.code != "withdrawn" else HTTPStatus.NOT_FOUND)
    if not may_override(user):
        abort(HTTPStatus.FORBIDDEN)
    shown = render_template("desk/override.html", form=form, **_of_override(session, user, case))
    return shown, status


def _of_override(session: Session, user: User, case: Case) -> dict[str, object]:
    possible = receivers(session, user, case)
    return {
        "case": case,
        "allowed": allowed_by_reporters(session, case),
        "organisations": [*possible.against_wishes, *possible.offered],
        "grounds": list(grounds()),
        "ground_label": ground_label,
    }


def state_conflict(case_id: uuid.UUID) -> ResponseReturnValue:
    """Say that the case concerns an organisation or a person: they lose it at once."""

    def act(session: Session, user: User, data: dict[str, Any]) -> None:
        concerned = Concerned(data["organisation"], data["person"])
        conflicts.state_conflict(session, user, case_id, concerned, reason=data["reason"])

    done = gettext("Kept: they no longer see the case.")
    return perform(case_id, "conflict", referral_schemas.ConflictIn(), act, done=done)


def remove_conflict(case_id: uuid.UUID, conflict_id: uuid.UUID) -> ResponseReturnValue:
    """Say that the case doesn't concern somebody after all."""

    def act(session: Session, user: User, data: dict[str, Any]) -> None:
        removed = conflicts.remove_conflict(session, user, conflict_id, reason=data["reason"])
        _check_owner(removed.case_id, case_id)

    done = gettext("Kept: they may see the case again, as far as others of theirs may.")
    return perform(case_id, f"conflict-{conflict_id}", referral_schemas.RemovalIn(), act, done=done)
