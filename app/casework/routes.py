"""The desk's inbox and case page, and what may be done there."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm import Session

from app.accounts.forms import FormState
from app.casework import schemas, service
from app.casework.alternatives import take_alternative
from app.casework.answering import perform, show_case
from app.casework.bulk_routes import add_bulk_routes
from app.casework.conversation_routes import add_conversation_routes
from app.casework.errors import NOT_FOUND, CaseworkError
from app.casework.inbox_routes import add_inbox_routes
from app.casework.merge_routes import add_merge_routes
from app.casework.record_routes import add_record_routes
from app.casework.referral_routes import add_referral_routes
from app.casework.tokens import MaskLabel
from app.casework.wording import init_wording
from app.models import CaseStatus, FindingState, User, Verification

blueprint = Blueprint("casework", __name__, url_prefix="/desk")
init_wording(blueprint)
add_conversation_routes(blueprint)
add_inbox_routes(blueprint)
add_bulk_routes(blueprint)
add_record_routes(blueprint)
add_referral_routes(blueprint)
add_merge_routes(blueprint)

_KEPT_AFTER_EXPIRY = ("text", "reason", "note", "words")


@blueprint.get("/cases/<uuid:case_id>")
def case(case_id: uuid.UUID) -> ResponseReturnValue:
    """One case. Opening it is on record."""
    return show_case(case_id, FormState())


@blueprint.post("/cases/<uuid:case_id>/findings/<uuid:finding_id>")
def decide_finding(case_id: uuid.UUID, finding_id: uuid.UUID) -> ResponseReturnValue:
    """Accept, reject, correct, or take a decision back."""

    def act(session: Session, user: User, data: dict[str, Any]) -> None:
        if data["alternative"]:
            finding = take_alternative(session, user, finding_id, data["alternative"])
        else:
            decision = FindingState(data["decision"])
            finding = service.decide_finding(
                session, user, finding_id, decision=decision, corrected_value=_value(data)
            )
        _check_owner(finding.case_id, case_id)

    return perform(
        case_id, f"finding-{finding_id}", schemas.DecisionIn(), act, done=gettext("Decision kept.")
    )


def _check_owner(owner_id: uuid.UUID, case_id: uuid.UUID) -> None:
    """Refuse what belongs to another case than the address says: that one's version was not checked."""
    if owner_id != case_id:
        raise CaseworkError(NOT_FOUND)


def _value(data: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a value under the names findings use; each kind takes what is its own."""
    return {
        "code": data["code"],
        "region_code": data["region"],
        "cercle_code": data["cercle"],
        "from": data["date_from"],
        "to": data["date_to"],
        "level": data["level"],
    }


@blueprint.post("/cases/<uuid:case_id>/findings")
def add_finding(case_id: uuid.UUID) -> ResponseReturnValue:
    """State a place, a date or an urgency that the machine did not find."""

    def act(session: Session, user: User, data: dict[str, Any]) -> None:
        service.add_finding(session, user, case_id, data["kind"], _value(data))

    name = f"add-{request.form.get('kind', '')[:20]}"
    return perform(case_id, name, schemas.StatementIn(), act, done=gettext("Added."))


@blueprint.post("/cases/<uuid:case_id>/violations")
def add_violation(case_id: uuid.UUID) -> ResponseReturnValue:
    """Add a violation that the machine did not see."""

    def act(session: Session, user: User, data: dict[str, Any]) -> None:
        service.add_violation(session, user, case_id, data["code"])

    return perform(case_id, "add-violation", schemas.ViolationIn(), act, done=gettext("Violation added."))


@blueprint.post("/cases/<uuid:case_id>/messages/<uuid:message_id>/masks")
def mask_words(case_id: uuid.UUID, message_id: uuid.UUID) -> ResponseReturnValue:
    """Hide more words of a message."""

    def act(session: Session, user: User, data: dict[str, Any]) -> None:
        service.mask_words(session, user, case_id, message_id, data["words"], MaskLabel(data["label"]))

    return perform(
        case_id, f"mask-{message_id}", schemas.MaskIn(), act, done=gettext("The words are hidden.")
    )


@blueprint.post("/cases/<uuid:case_id>/messages/<uuid:message_id>/unmasking")
def unmask_words(case_id: uuid.UUID, message_id: uuid.UUID) -> ResponseReturnValue:
    """Say that a mask hides what identifies nobody."""

    def act(session: Session, user: User, data: dict[str, Any]) -> None:
        confirmed = data["confirmed"]
        service.ask_unmasking(session, user, case_id, message_id, data["token"], is_confirmed=confirmed)

    done = gettext("The mask is being taken away: in a moment the words stand in the account.")
    return perform(case_id, f"unmask-{message_id}", schemas.UnmaskIn(), act, done=done)


@blueprint.post("/cases/<uuid:case_id>/assignment")
def assign(case_id: uuid.UUID) -> ResponseReturnValue:
    """Give the case to somebody."""

    def act(session: Session, user: User, data: dict[str, Any]) -> None:
        service.assign(session, user, case_id, data["assignee"])

    return perform(case_id, "assign", schemas.AssignmentIn(), act, done=gettext("Assignment kept."))


@blueprint.post("/cases/<uuid:case_id>/status")
def change_status(case_id: uuid.UUID) -> ResponseReturnValue:
    """Say where the work stands."""

    def act(session: Session, user: User, data: dict[str, Any]) -> None:
        service.change_status(session, user, case_id, CaseStatus(data["status"]), reason=data["reason"])

    return perform(case_id, "status", schemas.StatusIn(), act, done=gettext("Status kept."))


@blueprint.post("/cases/<uuid:case_id>/verification")
def verify(case_id: uuid.UUID) -> ResponseReturnValue:
    """Say whether it is established."""

    def act(session: Session, user: User, data: dict[str, Any]) -> None:
        service.verify(session, user, case_id, Verification(data["verification"]), reason=data["reason"])

    return perform(case_id, "verify", schemas.VerificationIn(), act, done=gettext("Verification kept."))


@blueprint.post("/cases/<uuid:case_id>/notes")
def add_note(case_id: uuid.UUID) -> ResponseReturnValue:
    """Write a note."""

    def act(session: Session, user: User, data: dict[str, Any]) -> None:
        service.add_note(session, user, case_id, data["text"])

    return perform(
        case_id, "note", schemas.NoteIn(), act, done=gettext("Note added."), is_free_of_version=True
    )


@blueprint.errorhandler(CSRFError)
def session_over(_error: CSRFError) -> ResponseReturnValue:
    """A form whose session is over: nothing was done, and what was typed can still be copied."""
    typed = [request.form[name] for name in _KEPT_AFTER_EXPIRY if request.form.get(name)]
    return render_template("desk/expired.html", typed=typed), HTTPStatus.BAD_REQUEST
