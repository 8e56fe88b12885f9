"""What the export form holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from app.casework.schemas import Optional
from app.exports.queries import ExportFilter
from app.exports.service import FileFormat
from app.reference import geography
from app.reference.taxonomy import violations

_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)


def _known_region(code: str) -> None:
    if code and geography.region(code) is None:
        raise ValidationError("choose")


def _known_violation(code: str) -> None:
    if code and code not in violations():
        raise ValidationError("choose")


class ExportIn(Schema):
    """The filter of an export."""

    class Meta:
        unknown = EXCLUDE

    period = fields.String(
        load_default="verified", validate=validate.OneOf(["verified", "received"], error="choose")
    )
    first = Optional(fields.Date(error_messages={"invalid": "date_malformed"}))
    last = Optional(fields.Date(error_messages={"invalid": "date_malformed"}))
    region = fields.String(load_default="", validate=_known_region)
    violation = fields.String(load_default="", validate=_known_violation)

    @validates_schema
    def check_order(self, data: Mapping[str, Any], **_: Any) -> None:
        """The last day isn't before the first, and both are days that calendars of all databases know."""
        days = [day for day in (data.get("first"), data.get("last")) if day]
        if any(not _FIRST_DAY <= day <= _LAST_DAY for day in days):
            raise ValidationError("date_malformed", "first")
        if days != sorted(days):
            raise ValidationError("date_order", "last")


class DownloadIn(ExportIn):
    """The filter and the kind of file."""

    file_format = fields.String(
        required=True, validate=validate.OneOf(list(map(str, FileFormat)), error="choose")
    )


def export_filter(data: Mapping[str, Any]) -> ExportFilter:
    """The filter out of a loaded form."""
    return ExportFilter(**{name: data[name] for name in ("period", "first", "last", "region", "violation")})
