"""The page on which "what happened" is written again: for whoever wants to change it before the end."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import format_decimal, gettext

from app.intake.drafts import Given
from app.public.schemas import LONGEST_TEXT, ReportIn
from app.public.steps import FormValues, Step

SHORTENED_TO = 300  # characters


class TextStep(Step):
    """What happened, in the writer's own words."""

    template = "public/text.html"

    @property
    def name(self) -> str:
        return "text"

    def heading(self) -> str:
        """The first page's question."""
        return gettext("What happened?")

    def shown(self, given: Given) -> FormValues:
        """The text as it is."""
        return {"text": given.submission.text}

    def take(self, form: FormValues, given: Given) -> Given:
        """The text as it is now; it may be empty only where files came."""
        text = ReportIn(files=given.files).load(form)["text"]
        return replace(given, submission=replace(given.submission, text=text))

    def answer(self, given: Given) -> str:
        """The beginning of the text."""
        text = given.submission.text
        return text if len(text) <= SHORTENED_TO else text[:SHORTENED_TO].rstrip() + " …"

    def context(self, given: Given) -> dict[str, object]:
        """How long it may be."""
        return {"given": given, "limit": format_decimal(LONGEST_TEXT)}
