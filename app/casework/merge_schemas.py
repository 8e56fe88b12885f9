"""What the forms about merging may hold."""

from __future__ import annotations

from marshmallow import fields, validate

from app.casework.schemas import LARGEST_VERSION, FormIn, PlainText, one_of

TWO, UNDECIDED = "two", "undecided"


class MergeIn(FormIn):
    """Which of two cases goes on, and whether they hold the same message sent twice; with the version of either."""

    survivor = fields.UUID(required=True, error_messages={"required": "choose", "invalid_uuid": "choose"})
    is_same_message = fields.Boolean(load_default=False)
    other_version = fields.Integer(load_default=0, validate=validate.Range(0, LARGEST_VERSION))


class TwinDecisionIn(FormIn):
    """That two cases are two, or that this is open again."""

    decision = one_of((TWO, UNDECIDED))


class TwinQuestionIn(FormIn):
    """A case to compare with, by its reference."""

    reference = PlainText(load_default="")
