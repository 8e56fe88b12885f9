"""What the form of a rule may hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate, validates_schema
from werkzeug.datastructures import MultiDict

from app.casework.referrals import LONGEST_DEADLINE_HOURS
from app.casework.schemas import Optional, PlainText
from app.models import Channel, ConsentCondition, Disclosure, Weekday
from app.reference import geography
from app.reference.taxonomy import actor_categories, actor_names, violations
from app.rules.choices import LANGUAGES, NO_INCIDENT
from app.rules.content import LISTS, RuleContent

LONGEST_NAME = 120
LONGEST_REASON = 300
SHORTEST_REASON = 10
_ALL_ACTORS = frozenset(actor_categories()) | frozenset(actor_names())


def _codes(known: Collection[str]) -> fields.List[Any]:
    one = fields.String(validate=validate.OneOf(list(known), error="choose"))
    return fields.List(one, load_default=())


def _whole(first: int, last: int, error: str) -> fields.Integer:
    return fields.Integer(
        strict=False,
        validate=validate.Range(first, last, error=error),
        error_messages={"invalid": error, "required": error, "null": error},
        required=True,
    )


def _choice(codes: Collection[str]) -> fields.String:
    return fields.String(required=True, validate=validate.OneOf(list(codes), error="choose"))


class RuleIn(Schema):
    """A rule as its form sends it; gives a RuleContent that is active."""

    class Meta:
        unknown = EXCLUDE

    name = PlainText(
        required=True,
        validate=[
            validate.Length(min=1, error="name_missing"),
            validate.Length(max=LONGEST_NAME, error="name_long"),
        ],
        error_messages={"required": "name_missing"},
    )
    organisation_id = fields.UUID(
        required=True,
        error_messages={"required": "organisation_unknown", "invalid_uuid": "organisation_unknown"},
    )
    violations = _codes([code for code in violations() if code != NO_INCIDENT])
    region_codes = _codes([region.code for region in geography.regions()])
    cercle_codes = _codes([cercle.code for cercle in geography.cercles()])
    actors = _codes(_ALL_ACTORS)
    languages = _codes(LANGUAGES)
    channels = _codes([str(channel) for channel in Channel])
    days = _codes([str(day) for day in Weekday])
    from_hour = Optional(_whole(0, 23, "hour"))
    until_hour = Optional(_whole(0, 24, "hour"))
    consent = _choice([str(each) for each in ConsentCondition])
    minimum_urgency = _whole(0, 3, "choose")
    confidence = _whole(0, 100, "confidence")
    deadline_hours = _whole(1, LONGEST_DEADLINE_HOURS, "deadline_unknown")
    disclosure = _choice([str(each) for each in Disclosure])
    sends_at_once = fields.Boolean(required=True, error_messages={"required": "choose"})

    @validates_schema
    def _check_hours(self, data: Mapping[str, Any], **_other: Any) -> None:
        first, until = data.get("from_hour"), data.get("until_hour")
        if (first is None) != (until is None):
            raise ValidationError("hours_half", "until_hour" if until is None else "from_hour")
        if first is not None and until is not None and first % 24 == until % 24:
            raise ValidationError("hours_same", "until_hour")

    @post_load
    def _content(self, data: dict[str, Any], **_other: Any) -> RuleContent:
        until = data.pop("until_hour")
        data["until_hour"] = None if until is None else until % 24
        data["minimum_confidence"] = data.pop("confidence") / 100
        data |= {name: tuple(dict.fromkeys(data[name])) for name in LISTS}
        return RuleContent(**data)


class ReasonIn(Schema):
    """Why a rule is changed, in words that stay with the version."""

    class Meta:
        unknown = EXCLUDE

    reason = PlainText(
        load_default="",
        validate=[
            validate.Length(min=SHORTEST_REASON, error="reason_short"),
            validate.Length(max=LONGEST_REASON, error="reason_long"),
        ],
    )


def posted(form: MultiDict[str, str]) -> dict[str, Any]:
    """A form with every tick of its lists."""
    return {**form.to_dict(), **{name: form.getlist(name) for name in LISTS}}


def as_form(content: RuleContent) -> dict[str, Any]:
    """A rule as its form shows it."""
    values: dict[str, Any] = {name: list(getattr(content, name)) for name in LISTS}
    plain = ("name", "consent", "minimum_urgency", "deadline_hours", "disclosure", "from_hour", "until_hour")
    values |= {name: _typed(getattr(content, name)) for name in plain}
    values["organisation_id"] = str(content.organisation_id)
    values["confidence"] = str(round(content.minimum_confidence * 100))
    values["sends_at_once"] = "true" if content.sends_at_once else "false"
    return values


def _typed(value: object) -> str:
    return "" if value is None else str(value)
