"""Tokens for partners' programs, and the link for their sites."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext, lazy_gettext
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from sqlalchemy.orm import Session

from app.accounts.forms import FormState
from app.accounts.session import current_user
from app.administration import queries
from app.administration.link import snippets
from app.api import tokens as service
from app.api.tokens import UnknownToken
from app.casework.schemas import PlainText
from app.current import current_settings
from app.database import db, transaction
from app.intake.partner_cells import CONSENT_FIELDS
from app.intake.partner_problems import FIELDS
from app.models import AccessToken, Organisation

blueprint = Blueprint("access", __name__, url_prefix="/desk/administration/access")

LONGEST_LABEL = 80
LONGEST_QUESTION = 200
_CONSENT_WORDS = {
    "may_ask": lazy_gettext("May be asked more (yes or no)"),
    "share_with": lazy_gettext("May be shared with (codes)"),
    "with_identity": lazy_gettext("With their identity (yes or no)"),
}
# A submission is known by Kobo's own identifier, so that field isn't offered.
KOBO_FIELDS = {name: words for name, words in FIELDS.items() if name != "external_id"} | {
    name: _CONSENT_WORDS[name] for name in CONSENT_FIELDS
}
_PROBLEMS = {
    "organisation": lazy_gettext("Choose an organisation."),
    "label_missing": lazy_gettext("Say what it is for."),
    "label_long": lazy_gettext("Say it in at most 80 characters."),
    "question_long": lazy_gettext("The name of a question is shorter."),
}


class TokenIn(Schema):
    """What a token is for."""

    class Meta:
        unknown = EXCLUDE

    label = PlainText(
        load_default="",
        validate=[
            validate.Length(min=1, error="label_missing"),
            validate.Length(max=LONGEST_LABEL, error="label_long"),
        ],
    )


class NewTokenIn(TokenIn):
    """Whose a new token is, and what it is for."""

    organisation = fields.UUID(
        required=True, error_messages={"required": "organisation", "invalid_uuid": "organisation"}
    )


@blueprint.app_template_filter("day")
def _day(value: object) -> str:
    """A day without its hour, in the page's language; kept as midnight UTC."""
    return str(format_date(value, "d MMM y", rebase=False))


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """The tokens, a form for another, and the link."""
    return _page(FormState())


@blueprint.post("")
def make_token() -> ResponseReturnValue:
    """Make a token and show it, this once."""
    try:
        data = NewTokenIn().load(request.form.to_dict())
        with transaction() as session:
            organisation = _active(session, data["organisation"])
            made = service.make_token(
                session, current_settings(), current_user(), organisation, data["label"]
            )
    except ValidationError as error:
        return _page(_refused("make", error))
    return _page(FormState(), made)


@blueprint.post("/<uuid:token_id>")
def change_token(token_id: uuid.UUID) -> ResponseReturnValue:
    """Say what a token is for, and which question of a Kobo form is which field."""
    try:
        label = TokenIn().load(request.form.to_dict())["label"]
        field_map = _field_map()
        with transaction() as session:
            service.change_token(session, current_user(), token_id, label, field_map)
    except ValidationError as error:
        return _page(_refused(f"token-{token_id}", error))
    except UnknownToken:
        abort(HTTPStatus.NOT_FOUND)
    flash(gettext("Kept."))
    return redirect(url_for("access.overview", _anchor=f"token-{token_id}"), HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:token_id>/revoke")
def revoke_token(token_id: uuid.UUID) -> ResponseReturnValue:
    """Refuse whoever has it from now on."""
    if request.form.get("confirmed") != "yes":
        abort(HTTPStatus.BAD_REQUEST)
    try:
        with transaction() as session:
            service.revoke_token(session, current_user(), token_id)
    except UnknownToken:
        abort(HTTPStatus.NOT_FOUND)
    flash(gettext("Revoked."))
    return redirect(url_for("access.overview", _anchor=f"token-{token_id}"), HTTPStatus.SEE_OTHER)


def _active(session: Session, organisation_id: uuid.UUID) -> Organisation:
    """An organisation that may hand in reports. Raises ValidationError."""
    found = session.get(Organisation, organisation_id)
    if found is None or not found.is_active:
        raise ValidationError({"organisation": ["organisation"]})
    return found


def _field_map() -> dict[str, str]:
    """Question names by field. Raises ValidationError."""
    asked = {name: PlainText().deserialize(request.form.get(name, "")) for name in KOBO_FIELDS}
    too_long = {
        name: ["question_long"] for name, question in asked.items() if len(question) > LONGEST_QUESTION
    }
    if too_long:
        raise ValidationError(too_long)
    return {name: question for name, question in asked.items() if question}


def _refused(name: str, error: ValidationError) -> FormState:
    messages = {field: str(_PROBLEMS[codes[0]]) for field, codes in error.messages_dict.items()}
    return FormState(name, request.form.to_dict(), messages)


def _page(form: FormState, made: tuple[AccessToken, str] | None = None) -> ResponseReturnValue:
    session, address = db.session(), current_settings().public_url
    page = render_template(
        "desk/administration/access.html",
        form=form,
        made=made[0] if made else None,
        made_text=made[1] if made else "",
        example_key=secrets.token_hex(8),
        address=address,
        tokens=service.tokens(session),
        makers=_makers(),
        organisations=[(each.id, each.name) for each in queries.organisations(session) if each.is_active],
        fields=KOBO_FIELDS,
        snippets=snippets(address),
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _makers() -> Mapping[uuid.UUID, str]:
    return {person.id: person.display_name for person in queries.people(db.session())}
