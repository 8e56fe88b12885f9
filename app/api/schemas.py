"""What the interface for programs answers with."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

STATES = ("received", "in_progress", "question", "closed", "withdrawn")  # app.intake.receipts.ReceiptView


class ReceiptOut(Schema):
    """A report was taken."""

    id = fields.UUID(required=True, metadata={"description": "By what its state is asked for."})
    receipt_code = fields.String(
        required=True,
        metadata={
            "description": "For the person who reported, and for nobody else: with it they read and answer "
            "questions, change what may be shared, and withdraw. Hand it over, then forget it.",
            "examples": ["2F7K-9QXM-4RTD"],
        },
    )
    received_at = fields.DateTime(required=True, format="iso")


class StateOut(Schema):
    """How far a report is, in a word that is harmless in anybody’s hands."""

    id = fields.UUID(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    received_at = fields.DateTime(required=True, format="iso")


class FieldProblemOut(Schema):
    """What is wrong with one field."""

    pointer = fields.String(
        required=True,
        metadata={
            "description": "A JSON Pointer to the field, as in #/consent/may_ask.",
            "examples": ["#/text"],
        },
    )
    code = fields.String(required=True, metadata={"examples": ["missing"]})
    detail = fields.String(required=True, metadata={"examples": ["This is missing."]})


class ProblemOut(Schema):
    """Why a request was refused: problem details as in RFC 9457."""

    type = fields.String(
        required=True, metadata={"format": "uri-reference", "examples": ["tag:seere,2026:problem:report"]}
    )
    title = fields.String(required=True, metadata={"examples": ["The report can’t be taken as it is."]})
    status = fields.Integer(required=True, metadata={"examples": [422]})
    code = fields.String(metadata={"description": "Why, for programs; missing where the status says it all."})
    errors = fields.List(fields.Nested(FieldProblemOut))


class KoboReceiptOut(Schema):
    """A submission was taken. It gives no receipt code: Kobo keeps the answers it gets where its users read them."""

    id = fields.UUID(required=True)
    received_at = fields.DateTime(required=True, format="iso")
    attachments = fields.Integer(
        required=True,
        metadata={"description": "How many files the submission lists. They are not fetched."},
    )
