"""What the forms of judicial files hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from app.casework.overriding import Override
from app.casework.schemas import Optional, PlainText
from app.exports.asking import LANGUAGES
from app.exports.judicial.asking import LONGEST_REASON, Recipient, Wish
from app.exports.judicial.certificates import certificate_from
from app.models import JudicialPart

LONGEST_NAME = 120
_LARGEST_TYPED = 100_000


def _name(missing: str) -> fields.String:
    return PlainText(
        load_default="",
        validate=[
            validate.Length(min=1, error=missing),
            validate.Length(max=LONGEST_NAME, error="text_long"),
        ],
    )


def _reason() -> fields.String:
    return PlainText(load_default="", validate=validate.Length(max=LONGEST_REASON, error="text_long"))


class JudicialIn(Schema):
    """A judicial file as somebody asks for it."""

    class Meta:
        unknown = EXCLUDE

    recipient_name = _name("recipient_name_missing")
    recipient_function = _name("recipient_function_missing")
    recipient_court = _name("recipient_court_missing")
    organisation = Optional(fields.UUID(error_messages={"invalid_uuid": "choose", "invalid": "choose"}))
    certificate = fields.String(
        load_default="", validate=validate.Length(max=_LARGEST_TYPED, error="certificate_long")
    )
    ground = fields.String(load_default="")
    reason = _reason()
    override_ground = fields.String(load_default="")
    override_reason = _reason()
    parts = fields.List(fields.Enum(JudicialPart, by_value=True), load_default=list)
    language = fields.String(
        load_default=LANGUAGES[0], validate=validate.OneOf(LANGUAGES, error="language_unknown")
    )


class DecisionIn(Schema):
    """The second person's decision, and why."""

    class Meta:
        unknown = EXCLUDE

    decision = fields.String(required=True, validate=validate.OneOf(("approve", "refuse"), error="choose"))
    reason = _reason()
    confirmed = fields.Boolean(load_default=False)

    @validates_schema
    def check_confirmed(self, data: Mapping[str, Any], **_: Any) -> None:
        """Who approves says that they compared what the page shows."""
        if data["decision"] == "approve" and not data["confirmed"]:
            raise ValidationError("judicial_unconfirmed", "confirmed")


def wish_of(data: Mapping[str, Any]) -> Wish:
    """The wish out of a loaded form. Raises CaseworkError as `certificate_from`."""
    recipient = Recipient(
        data["recipient_name"],
        data["recipient_function"],
        data["recipient_court"],
        certificate_from(data["certificate"]),
        data["organisation"],
    )
    override = Override(data["override_ground"], data["override_reason"]) if data["override_ground"] else None
    return Wish(recipient, data["ground"], data["reason"], data["parts"], data["language"], override)
