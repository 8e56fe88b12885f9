"""What the forms about being told hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from app.messaging.hours import minute_of
from app.models import Rhythm
from app.notifications.preferences import Wanted

_RHYTHM = validate.OneOf([str(each) for each in Rhythm], error="rhythm")


class Hour(fields.String):
    """An hour of the day as people type it; empty is none."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        typed = str(super()._deserialize(value, attr, data, **kwargs)).strip()
        if not typed:
            return None
        minute = minute_of(typed)
        if minute is None:
            raise ValidationError("hour")
        return minute


class PreferenceIn(Schema):
    """How a person wants to be told."""

    class Meta:
        unknown = EXCLUDE

    email_rhythm = fields.String(required=True, validate=_RHYTHM, error_messages={"required": "rhythm"})
    sms_rhythm = fields.String(required=True, validate=_RHYTHM, error_messages={"required": "rhythm"})
    daily = Hour(load_default=None)
    quiet_from = Hour(load_default=None)
    quiet_until = Hour(load_default=None)
    urgent = fields.Boolean(load_default=False)

    @post_load
    def _wanted(self, data: dict[str, Any], **_: Any) -> Wanted:
        if data["daily"] is None:
            raise ValidationError({"daily": ["hour"]})
        return Wanted(
            email_rhythm=Rhythm(data["email_rhythm"]),
            sms_rhythm=Rhythm(data["sms_rhythm"]),
            daily_minute=data["daily"],
            quiet_from_minute=data["quiet_from"],
            quiet_until_minute=data["quiet_until"],
            is_woken_by_urgent=data["urgent"],
        )
