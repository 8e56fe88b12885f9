"""What the forms about retention and legal holds may hold."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app.casework.schemas import LARGEST_VERSION, FormIn, Optional, PlainText
from app.retention.holds import LONGEST_REASON, NewHold
from app.retention.rules import LONGEST_DAYS, rules


class HoldIn(FormIn):
    """A hold: why, and the day before which it ends, if any."""

    reason = PlainText(load_default="", validate=validate.Length(max=LONGEST_REASON, error="reason_long"))
    ends_on = Optional(fields.Date(error_messages={"invalid": "hold_over"}))


class HoldViewIn(HoldIn):
    """A hold on every case of a saved view."""

    view = fields.UUID(required=True, error_messages={"required": "choose", "invalid_uuid": "choose"})


class LiftIn(FormIn):
    """Why a hold is lifted."""

    reason = PlainText(load_default="", validate=validate.Length(max=LONGEST_REASON, error="reason_long"))


class PeriodsIn(Schema):
    """Days by rule, each a field of its own named as the rule, with the reason for the change."""

    class Meta:
        unknown = EXCLUDE

    reason = PlainText(load_default="", validate=validate.Length(max=LONGEST_REASON, error="reason_long"))
    version = fields.Integer(load_default=0, validate=validate.Range(0, LARGEST_VERSION))


def hold_of(data: dict[str, Any]) -> NewHold:
    """The hold that a form asks for."""
    day: date | None = data["ends_on"]
    return NewHold(data["reason"], datetime.combine(day, time(), UTC) if day else None)


def days_of(typed: dict[str, str]) -> dict[str, int]:
    """The days of every rule as they were typed. Raises ValidationError naming each field that has no such number."""
    found, problems = {}, {}
    for rule in rules():
        text = typed.get(f"days_{rule.code}", "").strip()
        if text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= LONGEST_DAYS:
            found[rule.code] = int(text)
        else:
            problems[f"days_{rule.code}"] = ["retention_days"]
    if problems:
        raise ValidationError(problems)
    return found
