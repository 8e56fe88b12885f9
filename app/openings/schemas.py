"""What the form that asks for an opening holds."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields
from marshmallow.validate import Length

from app.casework.schemas import Optional, PlainText, one_of
from app.models import OpeningSubject


class OpeningIn(Schema):
    """What to open, in which case it was read of (none on the call-back page), which part, and why."""

    class Meta:
        unknown = EXCLUDE

    subject = one_of(OpeningSubject)
    subject_id = fields.UUID(required=True)
    case = Optional(fields.UUID())
    part = fields.String(load_default="", validate=Length(max=40))
    reason = PlainText(load_default="")
