"""What a partner's program, a Kobo form or a row of a table may hold. One set of rules for all three.

Problems are codes (their words: app/intake/partner_problems.py), so that a table's answer and a program's answer say
the same, and neither repeats what stood there.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from app.intake.consent import LEAST, SHAREABLE_WITH, Consent, chosen
from app.intake.partner_fields import (
    Answers,
    Day,
    Number,
    Strict,
    Text,
    Version,
    YesOrNo,
    at_most,
    codes,
    is_visible,
    one_of,
)
from app.intake.service import NewReport
from app.intake.submission import Position, Submission
from app.known_languages import languages
from app.models import Channel
from app.reference.places import place as find_place
from app.sealing import keyed_digest
from app.settings import Settings

LONGEST_TEXT = 20_000  # characters, as in the form for citizens
LONGEST_LINE = 300
LONGEST_IDENTIFIER = 100
MOST_ANSWERS = 100
MOST_CHOICES = 50  # of one answer
FARTHEST_KM = 500
_EARLIEST = date(1960, 1, 1)  # what is older is no incident but a slip of the keyboard


def _is_place(code: str) -> None:
    """A place that nobody knows would be lost in silence."""
    if code and find_place(code) is None:
        raise ValidationError("place")


class ConsentIn(Strict):
    """What the person allowed. Whatever isn't said was not allowed."""

    may_ask = YesOrNo("The desk may put questions.")
    share_with = fields.List(
        fields.String(validate=one_of(SHAREABLE_WITH), error_messages=codes()),
        load_default=list,
        validate=at_most(len(SHAREABLE_WITH), "too_many"),
        error_messages=codes(),
        metadata={"description": "The kinds of organisation that may be passed the report without names."},
    )
    with_identity = YesOrNo("Those may also be told who wrote, where that is known.")

    @post_load
    def as_consent(self, data: dict[str, Any], **_: object) -> Consent:
        """The consent that was given."""
        return chosen(**data)


class PositionIn(Strict):
    """A place in degrees (WGS 84), rounded by the sender as far as the person wishes."""

    latitude = Number(-90, 90, "North of the equator.", required=True)
    longitude = Number(-180, 180, "East of Greenwich.", required=True)
    precision_km = Number(0, FARTHEST_KM, "How far off it may be, in kilometres.", load_default=0.0)

    @post_load
    def as_position(self, data: dict[str, float], **_: object) -> Position:
        """The position that was given."""
        return Position(**data)


class PartnerReportIn(Strict):
    """One report as a partner sends it."""

    text = Text(
        LONGEST_TEXT, "What happened, in the person’s own words.", required=True, validate=[is_visible]
    )
    where = Text(LONGEST_LINE, "Where it happened, in words.", load_default="")
    place = Text(
        20,
        "The P-code of a region, cercle or commune, or the code of a town.",
        load_default="",
        validate=[_is_place],
    )
    position = fields.Nested(PositionIn, load_default=None, error_messages=codes())
    when = Text(LONGEST_LINE, "When it happened, in words.", load_default="")
    occurred_on = Day("The day, or the first day, on which it happened.")
    occurred_until = Day("The last day of something that went on for longer.")
    contact = Text(LONGEST_LINE, "How the person may be reached.", load_default="")
    language = fields.String(
        load_default="fr",
        validate=one_of(languages()),
        error_messages=codes(),
        metadata={"description": "The language in which the person is answered."},
    )
    consent = fields.Nested(ConsentIn, load_default=LEAST, error_messages=codes())
    answers = Answers(
        "Answers by the name of the question: a text or the code of a choice, or a list of codes.",
        most=MOST_ANSWERS,
        most_choices=MOST_CHOICES,
        longest=LONGEST_TEXT,
    )
    questionnaire = Version("The version of the questions that `answers` belong to.")
    external_id = Text(
        LONGEST_IDENTIFIER,
        "Your own identifier. A report that came with it before, by whichever way, is not taken again.",
        load_default="",
    )

    @validates_schema
    def check_days(self, data: Mapping[str, Any], **_: object) -> None:
        """Days have an order, and a beginning."""
        first, last = data["occurred_on"], data["occurred_until"]
        if last and (first is None or last < first):
            raise ValidationError("date_order", "occurred_until")
        if first and first < _EARLIEST:
            raise ValidationError("date", "occurred_on")

    @post_load
    def as_report(self, data: dict[str, Any], **_: object) -> PartnerReport:
        """The report that was given."""
        return _report(data)


@dataclass(frozen=True, slots=True)
class PartnerReport:
    """One report of a partner, checked."""

    submission: Submission
    consent: Consent
    language: str
    external_id: str


def check(given: Mapping[str, Any]) -> PartnerReport:
    """The report that a mapping holds. Raises ValidationError with a code or codes for each field."""
    loaded: PartnerReport = PartnerReportIn().load(given)
    return loaded


def _report(data: Mapping[str, Any]) -> PartnerReport:
    submission = Submission(
        text=data["text"],
        where=data["where"],
        place=data["place"],
        position=data["position"],
        when=_when(data["when"], data["occurred_on"], data["occurred_until"]),
        contact=data["contact"],
        answers=data["answers"],
        questionnaire_version=data["questionnaire"],
    )
    return PartnerReport(submission, data["consent"], data["language"], data["external_id"])


def _when(words: str, first: date | None, last: date | None) -> str:
    """The words and the days in one line, as the workers read dates: day first."""
    if first is None:
        return words
    days = f"{first:%d/%m/%Y}" if last is None or last == first else f"du {first:%d/%m/%Y} au {last:%d/%m/%Y}"
    return f"{days} ({words})" if words else days


def new_report(
    settings: Settings,
    organisation_id: uuid.UUID,
    report: PartnerReport,
    *,
    reference: str,
    received_at: datetime,
    content_digest: bytes | None = None,
) -> NewReport:
    """What app.intake.service.submit takes. Reports with an identifier of the partner's are known by that,
    whichever way they come; others by the `reference` of the way they came.
    """
    known_by = f"external:{report.external_id}" if report.external_id else reference
    return NewReport(
        channel=Channel.API,
        reference=f"{organisation_id}:{known_by}",
        content=report.submission.as_content(),
        received_at=received_at,
        language=report.language,
        is_demonstration=settings.demonstration,
        consent=report.consent,
        questionnaire_version=report.submission.questionnaire_version if report.submission.answers else None,
        submitted_by_id=organisation_id,
        content_digest=content_digest,
    )


def digest_of(settings: Settings, known_by: str, content: object) -> bytes:
    """A keyed digest of some content under the reference it came with: equal only for equal content of one sender."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return keyed_digest(settings.lookup_key, "partner-content", f"{known_by}\n{canonical}")
