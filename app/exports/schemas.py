"""What the forms of exports hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from app.casework.schemas import Optional, PlainText
from app.exports.asking import LANGUAGES
from app.exports.levels import Level
from app.exports.selection import ANY_VERIFICATION, PERIODS, ExportFilter
from app.models import CaseStatus, ReferralState, Verification
from app.reference import geography
from app.reference.taxonomy import actor_categories, violations

_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)
_OF_FILTER = (
    *("period", "first", "last", "region", "cercle", "violation", "actor", "verification", "status"),
    *("referred_to", "referral_state"),
)


def _chosen(codes: Any, default: str = "") -> fields.String:
    """One of a list that is read when the form is; empty where nothing was chosen."""

    def check(code: str) -> None:
        if code and code not in codes():
            raise ValidationError("choose")

    return fields.String(load_default=default, validate=check)


def _identifier() -> fields.UUID:
    return fields.UUID(error_messages={"invalid_uuid": "choose", "invalid": "choose"})


class ExportIn(Schema):
    """Which cases, and at which level."""

    class Meta:
        unknown = EXCLUDE

    period = _chosen(lambda: PERIODS, "verified")
    first = Optional(fields.Date(error_messages={"invalid": "date_malformed"}))
    last = Optional(fields.Date(error_messages={"invalid": "date_malformed"}))
    region = _chosen(lambda: {each.code for each in geography.regions()})
    cercle = _chosen(lambda: {each.code for each in geography.cercles()})
    violation = _chosen(violations)
    actor = _chosen(actor_categories)
    verification = _chosen(lambda: {ANY_VERIFICATION, *map(str, Verification)}, Verification.VERIFIED)
    status = _chosen(lambda: set(map(str, CaseStatus)))
    referred_to = Optional(_identifier())
    referral_state = _chosen(lambda: set(map(str, ReferralState)))
    view = Optional(_identifier())
    level = _chosen(lambda: set(map(str, Level)))
    recipient_organisation = Optional(_identifier())

    @validates_schema
    def check_order(self, data: Mapping[str, Any], **_: Any) -> None:
        """The last day isn't before the first, and both are days that calendars of all databases know."""
        days = [day for day in (data.get("first"), data.get("last")) if day]
        if any(not _FIRST_DAY <= day <= _LAST_DAY for day in days):
            raise ValidationError("date_malformed", "first")
        if days != sorted(days):
            raise ValidationError("date_order", "last")

    @validates_schema
    def check_place(self, data: Mapping[str, Any], **_: Any) -> None:
        """The cercle lies in the region, where both are chosen."""
        region, cercle = data.get("region"), data.get("cercle")
        if region and cercle and cercle not in {each.code for each in geography.cercles_of(region)}:
            raise ValidationError("cercle_elsewhere", "cercle")


class PurposeIn(Schema):
    """What turns a preview, or the register, into an export: as which file, what for, for whom."""

    class Meta:
        unknown = EXCLUDE

    file_format = fields.String(load_default="")
    language = fields.String(
        load_default=LANGUAGES[0], validate=validate.OneOf(LANGUAGES, error="language_unknown")
    )
    purpose = PlainText(load_default="")
    recipient = PlainText(load_default="")
    confirmed = fields.Boolean(load_default=False, error_messages={"invalid": "not_confirmed"})


class RegisterIn(Schema):
    """A period of the register of exports, by when they were asked for."""

    class Meta:
        unknown = EXCLUDE

    first = Optional(fields.Date(error_messages={"invalid": "date_malformed"}))
    last = Optional(fields.Date(error_messages={"invalid": "date_malformed"}))
    check_order = ExportIn.check_order


def export_filter(data: Mapping[str, Any]) -> ExportFilter:
    """The filter out of a loaded form, but for its saved view."""
    return ExportFilter(**{name: data[name] for name in _OF_FILTER if data.get(name)})
