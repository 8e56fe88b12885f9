"""The register of exports: who took what, when, at which level, for whom and why; to be looked at and exported."""

from __future__ import annotations

from http import HTTPStatus

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from app.accounts.forms import FormState
from app.accounts.session import current_user
from app.casework.errors import CaseworkError
from app.database import db, transaction
from app.exports import askers, asking, complaints, queries, schemas, wording
from app.exports.blueprint import blueprint
from app.exports.formats import formats, formats_for
from app.exports.levels import Level
from app.exports.queries import RegisterFilter
from app.models import ExportKind

_FILTER, _ASK = "register", "ask"


@blueprint.get("/register")
def register() -> ResponseReturnValue:
    """The exports of a period that this person may read about."""
    typed = request.args.to_dict()
    try:
        wanted = RegisterFilter(**schemas.RegisterIn().load(typed))
    except ValidationError as error:
        return _page(complaints.from_validation(_FILTER, typed, error), RegisterFilter())
    return _page(FormState(_FILTER, typed), wanted)


@blueprint.post("/register")
def ask_register() -> ResponseReturnValue:
    """Have the register of a period made into a file."""
    typed, wanted = request.form.to_dict(), RegisterFilter()
    try:
        wanted = RegisterFilter(**schemas.RegisterIn().load(typed))
        data = schemas.PurposeIn().load(typed)
        with transaction() as session:
            user = current_user()
            count, _ = queries.register_page(session, user, wanted)
            new = asking.NewExport(
                kind=ExportKind.REGISTER,
                level=Level.CNDH,
                file_format=data["file_format"],
                language=data["language"],
                purpose=data["purpose"],
                recipient=data["recipient"],
                filters=wanted.as_record(),
                rows_total=count,
            )
            record = asking.ask(session, user, new)
    except ValidationError as error:
        return _page(complaints.from_validation(_ASK, typed, error), wanted)
    except CaseworkError as error:
        return _page(complaints.from_casework(_ASK, typed, error), wanted)
    return redirect(url_for("exports.show", export_id=record.id), HTTPStatus.SEE_OTHER)


def _page(form: FormState, wanted: RegisterFilter) -> ResponseReturnValue:
    session, user = db.session(), current_user()
    count, exports = queries.register_page(session, user, wanted)
    page = render_template(
        "desk/exports/register.html",
        form=form,
        wanted=wanted,
        count=count,
        exports=exports,
        is_everybody=askers.may_read_all(user),
        formats=formats_for(ExportKind.REGISTER, Level.CNDH),
        names=formats(),
        wording=wording,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
