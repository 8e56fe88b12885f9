"""What the desk's forms and addresses may hold, checked once."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from app.casework.tokens import MaskLabel
from app.models import CaseStatus, Disclosure, FindingState, ReferralState, Verification

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
LONGEST_TEXT = 5000
COMPOSING = ("begin", "transliterate")  # begin from a starter; write without the letters that cost
LARGEST_VERSION = 2**31 - 1


class PlainText(fields.String):
    """Text as a person typed it, without control characters, trimmed, with plain line ends."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        return _CONTROL.sub("", str(text).replace("\r\n", "\n").replace("\r", "\n")).strip()


class Optional(fields.Field[Any]):
    """A field whose empty value means none."""

    def __init__(self, inner: fields.Field[Any], data_key: str | None = None) -> None:
        super().__init__(load_default=None, allow_none=True, data_key=data_key)
        self.inner = inner

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return None if value == "" else self.inner.deserialize(value, attr, data, **kwargs)


def one_of(codes: Any) -> fields.String:
    """A required code out of a list."""
    return fields.String(
        required=True,
        validate=validate.OneOf([str(code) for code in codes], error="choose"),
        error_messages={"required": "choose"},
    )


class FormIn(Schema):
    """What every form about a case carries: the version of the case that its writer saw."""

    class Meta:
        unknown = EXCLUDE

    version = fields.Integer(load_default=0, validate=validate.Range(0, LARGEST_VERSION))


class DecisionIn(FormIn):
    """A decision on a finding; the value's parts are there as far as its kind needs them."""

    decision = one_of(FindingState)
    code = fields.String(load_default="")
    region = fields.String(load_default="")
    cercle = fields.String(load_default="")
    date_from = fields.String(load_default="")
    date_to = fields.String(load_default="")
    level = Optional(fields.Integer(strict=False, validate=validate.Range(0, 3)))
    alternative = Optional(fields.UUID())  # another place of the same name, taken with one click


class StatementIn(DecisionIn):
    """A finding stated by a person."""

    decision = fields.String(load_default="")
    kind = one_of(("place", "occurred", "urgency"))


class ViolationIn(FormIn):
    """A violation to add."""

    code = fields.String(load_default="")


class QuestionIn(FormIn):
    """A question to the reporter; `send_anyway` once its cost was seen. `act` only redraws the form."""

    text = PlainText(load_default="")
    send_anyway = fields.Boolean(load_default=False)
    act = fields.String(load_default="", validate=validate.OneOf(["", *COMPOSING], error="choose"))
    starter = PlainText(load_default="", validate=validate.Length(max=LONGEST_TEXT, error="text_long"))


class MoveIn(FormIn):
    """Where a message belongs: another case, or (empty) a new one."""

    to_case = Optional(fields.UUID())


class TranscriptIn(FormIn):
    """What a recording says."""

    text = PlainText(load_default="")


class WishesIn(FormIn):
    """What a reporter wishes about being written to; hours are read by app.messaging.hours."""

    hours = fields.String(load_default="")
    first = fields.String(load_default="")
    last = fields.String(load_default="")
    is_never_written = fields.Boolean(load_default=False)
    has_cover = fields.Boolean(load_default=False)


class AssignmentIn(FormIn):
    """Whom to give a case to; empty gives it back."""

    assignee = Optional(fields.UUID())


class StatusIn(FormIn):
    """Where the work stands."""

    status = one_of(CaseStatus)
    reason = PlainText(load_default="", validate=validate.Length(max=LONGEST_TEXT, error="text_long"))


class VerificationIn(FormIn):
    """Whether it is established, and why."""

    verification = one_of(Verification)
    reason = PlainText(load_default="", validate=validate.Length(max=LONGEST_TEXT, error="text_long"))


class ReferralIn(FormIn):
    """Whom to refer a case to, and by when an answer is wanted."""

    organisation = Optional(fields.UUID())
    disclosure = fields.String(
        load_default=str(Disclosure.ANONYMISED),
        validate=validate.OneOf([str(each) for each in Disclosure], error="choose"),
    )
    deadline_hours = fields.Integer(load_default=72, strict=False)
    note = PlainText(load_default="", validate=validate.Length(max=LONGEST_TEXT, error="text_long"))


class AnswerIn(FormIn):
    """What becomes of a referral."""

    state = one_of(ReferralState)
    note = PlainText(load_default="", validate=validate.Length(max=LONGEST_TEXT, error="text_long"))


class NoteIn(FormIn):
    """A note."""

    text = PlainText(load_default="")


class MaskIn(FormIn):
    """Words of a message to hide, and what they are."""

    words = PlainText(load_default="", validate=validate.Length(max=LONGEST_TEXT, error="mask_long"))
    label = one_of(MaskLabel)


class UnmaskIn(FormIn):
    """A mask that hides what identifies nobody; `confirmed` once somebody says so."""

    token = fields.String(load_default="")
    confirmed = fields.Boolean(load_default=False)
