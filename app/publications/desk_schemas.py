"""The forms of publishing and of the periodic report, as they are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app.publications.periods import Period
from app.publications.template_text import LONGEST

LANGUAGES = ("fr", "en")
REPORT_FORMATS = ("pdf", "docx")
SHORTEST_REASON, LONGEST_REASON = 10, 500


class PeriodField(fields.Field[Period]):
    """A period such as 2026-Q3."""

    def _deserialize(
        self,
        value: Any,
        attr: str | None,  # noqa: ARG002 - the library's
        data: Mapping[str, Any] | None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> Period:
        try:
            return Period.parse(str(value))
        except ValueError:
            raise ValidationError("period_unknown") from None


class _Form(Schema):
    class Meta:
        """What else a form sends (its token) is not ours to read."""

        unknown = EXCLUDE


class AskIn(_Form):
    """Have a period counted."""

    period = PeriodField(required=True, error_messages={"required": "period_unknown"})


class PublishIn(_Form):
    """Publish what was looked at."""

    digest = fields.String(required=True)


class RetractIn(_Form):
    """Take published figures back."""

    reason = fields.String(
        required=True,
        validate=validate.Length(SHORTEST_REASON, LONGEST_REASON, error="reason_short"),
        error_messages={"required": "reason_short"},
    )


class ReportIn(_Form):
    """Ask for a periodic report."""

    period = PeriodField(required=True, error_messages={"required": "period_unknown"})
    file_format = fields.String(
        required=True, validate=validate.OneOf(REPORT_FORMATS, error="choice_unknown")
    )
    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES, error="choice_unknown"))


class TextIn(_Form):
    """A new version of the text of the report; `go` is "preview" or "save"."""

    source = fields.String(required=True, validate=validate.Length(1, LONGEST, error="report_text_length"))
    reason = fields.String(load_default="")
    version = fields.Integer(required=True)
    go = fields.String(load_default="preview")
