"""The console's pages of organisations: what they are, and whose cases they must never be sent."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from marshmallow import ValidationError

from app.accounts.forms import FormState
from app.accounts.service import AccountError
from app.accounts.session import current_user
from app.administration import organisations as service
from app.administration import queries
from app.administration.organisation_schemas import OrganisationIn
from app.administration.organisations import OrganisationContent, UnknownOrganisation
from app.casework.wording import ORGANISATION_KINDS
from app.database import db, transaction
from app.models import Organisation, OrganisationKind, RoutingRule
from app.rules import choices

blueprint = Blueprint("organisations", __name__, url_prefix="/desk/administration/organisations")

_PROBLEMS = {
    "name_missing": lazy_gettext("Enter a name."),
    "long": lazy_gettext("This is too long: shorten it."),
    "choose": lazy_gettext("Choose one of the list."),
    "names_short": lazy_gettext("A name by which reports would call it has at least 3 letters."),
    "names_many": lazy_gettext("Enter at most 40 names, one a line."),
    "organisation_exists": lazy_gettext("There is an organisation of that name already."),
    "own_closed": lazy_gettext("This is your own organisation: you would lock yourself out."),
    "desk_needed": lazy_gettext("No other organisation is the desk: nobody would see every case."),
}
_FIELD_OF = {"organisation_exists": "name", "own_closed": "is_active", "desk_needed": "kind"}


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """All organisations, and the form to add one."""
    return _overview(FormState(), {"kind": OrganisationKind.CIVIL_SOCIETY})


@blueprint.post("")
def add() -> ResponseReturnValue:
    """Add an organisation."""
    values = _posted()
    try:
        content = OrganisationContent(**OrganisationIn().load({**values, "is_active": True}))
        with transaction() as session:
            added = service.add(session, current_user(), content)
    except (ValidationError, AccountError) as error:
        return _overview(_refused(error), values)
    flash(gettext("Added."))
    return redirect(url_for("organisations.edit", organisation_id=added.id), HTTPStatus.SEE_OTHER)


@blueprint.get("/<uuid:organisation_id>")
def edit(organisation_id: uuid.UUID) -> ResponseReturnValue:
    """One organisation's form."""
    return _page(_found(organisation_id), FormState(), None)


@blueprint.post("/<uuid:organisation_id>")
def change(organisation_id: uuid.UUID) -> ResponseReturnValue:
    """Change an organisation. Rules that could then send it reports against itself are closed, and named."""
    values = _posted()
    try:
        content = OrganisationContent(**OrganisationIn().load(values))
        with transaction() as session:
            _, closed = service.change(session, current_user(), organisation_id, content)
    except UnknownOrganisation:
        abort(HTTPStatus.NOT_FOUND)
    except (ValidationError, AccountError) as error:
        return _page(_found(organisation_id), _refused(error), values)
    flash(gettext("Kept."))
    _tell(closed)
    return redirect(url_for("organisations.edit", organisation_id=organisation_id), HTTPStatus.SEE_OTHER)


def _tell(closed: list[RoutingRule]) -> None:
    for rule in closed:
        flash(
            gettext(
                "The rule “%(name)s” was closed: it could have sent this organisation a report against itself.",
                name=rule.name,
            )
        )


def _found(organisation_id: uuid.UUID) -> Organisation:
    organisation = db.session().get(Organisation, organisation_id)
    if organisation is None:
        abort(HTTPStatus.NOT_FOUND)
    return organisation


def _posted() -> dict[str, Any]:
    return {**request.form.to_dict(), "conflict_actors": request.form.getlist("conflict_actors")}


def _refused(error: ValidationError | AccountError) -> FormState:
    if isinstance(error, AccountError):
        errors = {_FIELD_OF.get(error.code, ""): str(_PROBLEMS[error.code])}
    else:
        errors = {field: _words(codes) for field, codes in error.messages_dict.items()}
    return FormState("organisation", request.form.to_dict(), errors)


def _words(codes: Any) -> str:
    code = codes[0] if isinstance(codes, list) else "choose"
    return str(_PROBLEMS.get(code, _PROBLEMS["choose"]))


def _values(organisation: Organisation) -> dict[str, Any]:
    return {
        "name": organisation.name,
        "acronym": organisation.acronym,
        "kind": organisation.kind,
        "conflict_actors": list(organisation.conflict_actors),
        "names_in_reports": "\n".join(organisation.names_in_reports),
        "is_active": organisation.is_active,
    }


def _overview(form: FormState, values: Mapping[str, Any]) -> ResponseReturnValue:
    page = render_template(
        "desk/administration/organisations.html",
        organisations=queries.organisations(db.session()),
        actor_name=choices.actor_name,
        **_common(form, values),
    )
    return page, _status(form)


def _page(
    organisation: Organisation, form: FormState, values: Mapping[str, Any] | None
) -> ResponseReturnValue:
    page = render_template(
        "desk/administration/organisation.html",
        organisation=organisation,
        **_common(form, values or _values(organisation)),
    )
    return page, _status(form)


def _common(form: FormState, values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "form": form,
        "values": values,
        "kinds": list(ORGANISATION_KINDS.items()),
        "actor_groups": choices.actor_groups(),
    }


def _status(form: FormState) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
