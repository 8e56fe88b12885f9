"""The page from which the file of one case is asked for, and what the case page shows of handing the case on."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.forms import FormState
from app.accounts.session import current_user
from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.casework.schemas import Optional, PlainText, one_of
from app.casework.visibility import visible_case
from app.database import db, transaction
from app.exports import complaints, wording
from app.exports.askers import may_receive
from app.exports.asking import LANGUAGES
from app.exports.blueprint import refuse
from app.exports.case_files import NewCaseFile, ask_case_file, levels_of_case_file
from app.exports.judicial import wording as judicial_wording
from app.exports.judicial.queries import files_of_case, state_of
from app.exports.levels import Level
from app.models import Case, JudicialFile, Organisation, OrganisationKind, User
from app.openings.subjects import may_open

blueprint = Blueprint("case_files", __name__, url_prefix="/desk/cases")
blueprint.register_error_handler(CaseworkError, refuse)
_FORM = "case-file"


class CaseFileIn(Schema):
    """The file of one case as somebody asks for it."""

    class Meta:
        unknown = EXCLUDE

    level = one_of(Level)
    language = fields.String(
        load_default=LANGUAGES[0], validate=validate.OneOf(LANGUAGES, error="language_unknown")
    )
    purpose = PlainText(load_default="")
    recipient = PlainText(load_default="")
    organisation = Optional(fields.UUID(error_messages={"invalid_uuid": "choose", "invalid": "choose"}))


@dataclass(frozen=True, slots=True)
class HandingOn:
    """What the case page shows of handing the case on: its file, and judicial files."""

    may_have_file: bool
    may_ask_judicial: bool
    judicial: tuple[tuple[JudicialFile, str], ...]


@blueprint.get("/<uuid:case_id>/file")
def ask_form(case_id: uuid.UUID) -> ResponseReturnValue:
    """The form by which the file of a case is asked for."""
    return _page(case_id, FormState(_FORM))


@blueprint.post("/<uuid:case_id>/file")
def ask(case_id: uuid.UUID) -> ResponseReturnValue:
    """Have it made; its page shows how far it is."""
    typed = request.form.to_dict()
    try:
        data = CaseFileIn().load(typed)
        wanted = NewCaseFile(
            Level(data["level"]), data["language"], data["purpose"], data["recipient"], data["organisation"]
        )
        with transaction() as session:
            record = ask_case_file(session, current_user(), case_id, wanted)
    except ValidationError as error:
        return _page(case_id, complaints.from_validation(_FORM, typed, error))
    except CaseworkError as error:
        if error.code in {NOT_FOUND, FORBIDDEN}:
            raise
        return _page(case_id, complaints.from_casework(_FORM, typed, error))
    return redirect(url_for("exports.show", export_id=record.id), HTTPStatus.SEE_OTHER)


def _page(case_id: uuid.UUID, form: FormState) -> ResponseReturnValue:
    session, user = db.session(), current_user()
    case = visible_case(session, user, case_id)
    levels = levels_of_case_file(user, case)
    page = render_template(
        "desk/case_file.html",
        case=case,
        form=form,
        levels=[(str(each), wording.LEVELS[each]) for each in levels],
        organisations=_organisations(session, levels),
        language=user.language,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _organisations(session: Session, levels: Sequence[Level]) -> list[Organisation]:
    others = select(Organisation).where(Organisation.is_active, Organisation.kind != OrganisationKind.DESK)
    found = session.scalars(others.order_by(Organisation.name))
    return [each for each in found if any(may_receive(each, level) for level in levels)]


def handing_on(user: User, case: Case) -> HandingOn:
    """What this person can do about handing a case on; for the case page."""
    files = files_of_case(db.session(), user, case)
    return HandingOn(
        may_have_file=bool(levels_of_case_file(user, case)),
        may_ask_judicial=may_open(user) and not case.is_withdrawn,
        judicial=tuple((each, str(judicial_wording.STATES[state_of(each)])) for each in files),
    )


blueprint.add_app_template_global(handing_on)
