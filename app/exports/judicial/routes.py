"""Pages of judicial files: asking, the list, one of them, and the second person's decision."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.forms import FormState
from app.accounts.session import current_user
from app.casework.complaints import from_casework, from_validation, status_of
from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.casework.overriding import allowed_by_reporters, ground_label, may_override
from app.casework.overriding import grounds as override_grounds
from app.database import db, transaction
from app.exports.judicial import asking, deciding, queries, wording
from app.exports.judicial.allowing import Consented, case_for_justice, consented, standing_reports
from app.exports.judicial.certificates import PRIVATE, spaced
from app.exports.judicial.grounds import grounds, judicial_ground
from app.exports.judicial.schemas import DecisionIn, JudicialIn, wish_of
from app.looking_again import looked_at_again
from app.models import Case, JudicialFile, JudicialPart, JudicialState, Organisation, OrganisationKind, User
from app.safe.errors import LOCKED

_AT_WORK = (
    JudicialState.CHECKING,
    JudicialState.APPROVED,
)  # workers are, and nothing is typed on the page meanwhile
blueprint = Blueprint("judicial", __name__, url_prefix="/desk")
_FORM, _DECISION = "judicial", "decision"


@blueprint.errorhandler(CaseworkError)
def refuse(error: CaseworkError) -> ResponseReturnValue:
    """What no form of these pages can mend."""
    return render_template("error.html", status=status_of(error)), status_of(error)


@blueprint.get("/judicial-files")
def overview() -> ResponseReturnValue:
    """What was asked for, what waits for me, and what became of it."""
    user = current_user()
    files = queries.judicial_files(db.session(), user)
    mine = [each for each in files if queries.may_decide(user, each)]
    return render_template("desk/judicial/list.html", files=files, waiting=mine, **_words())


@blueprint.get("/cases/<uuid:case_id>/judicial-file")
def ask_form(case_id: uuid.UUID) -> ResponseReturnValue:
    """The form by which one is asked for."""
    case = case_for_justice(db.session(), current_user(), case_id)
    return _ask_page(case, FormState(_FORM))


@blueprint.post("/cases/<uuid:case_id>/judicial-file")
def ask(case_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for one."""
    typed: dict[str, Any] = request.form.to_dict()
    if PRIVATE in typed.get("certificate", ""):
        typed["certificate"] = PRIVATE  # refused below, and not written into the page again
    try:
        data = JudicialIn().load({**typed, "parts": request.form.getlist("parts")})
        wish = wish_of(data)
        with transaction() as session:
            file = asking.ask(session, current_user(), case_id, wish)
    except (ValidationError, CaseworkError) as error:
        shown = {**typed, "parts": " ".join(request.form.getlist("parts"))}
        if typed.get("certificate") == PRIVATE:
            shown["certificate"] = ""
        form = _form(_FORM, shown, error)
        case = case_for_justice(db.session(), current_user(), case_id)
        return _ask_page(case, form, is_locked=_is_locked(error)), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(gettext("Asked for. The certificate is being checked."))
    return redirect(url_for("judicial.show", file_id=file.id), HTTPStatus.SEE_OTHER)


@blueprint.get("/judicial-files/<uuid:file_id>")
def show(file_id: uuid.UUID) -> ResponseReturnValue:
    """One of them: what exactly was asked for, how far it is, and what this person can do about it."""
    file = queries.judicial_file(db.session(), current_user(), file_id)
    return looked_at_again(make_response(_page(file, FormState())), when=file.state in _AT_WORK)


@blueprint.post("/judicial-files/<uuid:file_id>/confirmation")
def confirm(file_id: uuid.UUID) -> ResponseReturnValue:
    """Say that the fingerprint was compared on another channel."""
    if "compared" not in request.form:
        file = queries.judicial_file(db.session(), current_user(), file_id)
        message = gettext("Confirm that you compared it.")
        return _page(file, FormState("confirm", {}, {"compared": message})), HTTPStatus.UNPROCESSABLE_ENTITY
    done = gettext("Confirmed. A second person has to decide now.")
    return _act(file_id, asking.confirm_fingerprint, done)


@blueprint.post("/judicial-files/<uuid:file_id>/withdrawal")
def withdraw(file_id: uuid.UUID) -> ResponseReturnValue:
    """Take it back."""
    return _act(file_id, asking.withdraw, gettext("Taken back. Nothing was opened."))


@blueprint.post("/judicial-files/<uuid:file_id>/decision")
def decide(file_id: uuid.UUID) -> ResponseReturnValue:
    """The second person approves, which opens the identities with their keys, or refuses."""
    typed = request.form.to_dict()
    try:
        data = DecisionIn().load(typed)
        verb = deciding.approve if data["decision"] == "approve" else deciding.refuse
        with transaction() as session:
            verb(session, current_user(), file_id, reason=data["reason"])
    except (ValidationError, CaseworkError) as error:
        return _again(file_id, _form(_DECISION, typed, error), is_locked=_is_locked(error))
    flash(gettext("Decided."))
    return redirect(url_for("judicial.show", file_id=file_id), HTTPStatus.SEE_OTHER)


def _act(
    file_id: uuid.UUID, verb: Callable[[Session, User, uuid.UUID], JudicialFile], done: str
) -> ResponseReturnValue:
    try:
        with transaction() as session:
            verb(session, current_user(), file_id)
    except CaseworkError as error:
        return _again(file_id, _form(_DECISION, {}, error))
    flash(done)
    return redirect(url_for("judicial.show", file_id=file_id), HTTPStatus.SEE_OTHER)


def _form(name: str, typed: dict[str, Any], error: ValidationError | CaseworkError) -> FormState:
    if isinstance(error, ValidationError):
        return from_validation(name, typed, error)
    if error.code in {NOT_FOUND, FORBIDDEN}:
        abort(status_of(error))
    return from_casework(name, typed, error)


def _is_locked(error: ValidationError | CaseworkError) -> bool:
    return isinstance(error, CaseworkError) and error.code == LOCKED


def _again(file_id: uuid.UUID, form: FormState, *, is_locked: bool = False) -> ResponseReturnValue:
    file = queries.judicial_file(db.session(), current_user(), file_id)
    return _page(file, form, is_locked=is_locked), HTTPStatus.UNPROCESSABLE_ENTITY


def _page(file: JudicialFile, form: FormState, *, is_locked: bool = False) -> str:
    user = current_user()
    return render_template(
        "desk/judicial/show.html",
        file=file,
        form=form,
        locked=is_locked,
        is_own=file.asked_by_id == user.id,
        may_decide=queries.may_decide(user, file),
        allowed=allowed_by_reporters(db.session(), file.case),
        ground_label=ground_label,
        **_words(),
    )


def _ask_page(case: Case, form: FormState, *, is_locked: bool = False) -> str:
    session, user = db.session(), current_user()
    institutions = select(Organisation).where(
        Organisation.kind == OrganisationKind.INSTITUTION, Organisation.is_active
    )
    return render_template(
        "desk/judicial/ask.html",
        case=case,
        form=form,
        locked=is_locked,
        consented=consented(standing_reports(session, case)),
        Consented=Consented,
        may_override=may_override(user),
        organisations=session.scalars(institutions.order_by(Organisation.name)).all(),
        grounds=[(code, judicial_ground(code)) for code in grounds()],
        override_grounds=[(code, ground_label(code)) for code in override_grounds()],
        parts=tuple(JudicialPart),
        language=user.language,
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "wording": wording,
        "spaced": spaced,
        "judicial_ground": judicial_ground,
        "state_of": queries.state_of,
    }
