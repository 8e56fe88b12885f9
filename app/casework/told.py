"""What the reporters of a case ticked in the questionnaire, and what they allow, as the case page shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.intake.consent import SHAREABLE_WITH, Consent
from app.intake.consent import read as read_consent
from app.languages import page_language
from app.models import Case, Message, Report, ReportState
from app.questionnaires.definition import Definition, Said
from app.questionnaires.service import current, of_version
from app.questionnaires.showing import in_words


@dataclass(frozen=True, slots=True)
class Ticked:
    """A closed question and what was answered, in words, a line each."""

    question: Said
    answer: str


@dataclass(frozen=True, slots=True)
class ReporterView:
    """One report: what was ticked, by which version of the questions, and what its writer allows.

    `consent` is None where nobody was asked, as with an SMS.
    """

    received_at: datetime
    channel: str
    version: int | None
    ticked: Sequence[Ticked]
    consent: Consent | None

    @property
    def allowed_kinds(self) -> list[str]:
        """The kinds of organisation that may be passed the account, in a fixed order."""
        return [str(kind) for kind in SHAREABLE_WITH if self.consent and self.consent.allows(kind)]


def reporters(session: Session, case: Case, messages: Iterable[Message]) -> list[ReporterView]:
    """The reports of a case that were asked what they allow, or that answered questions; the oldest first."""
    answers = {message.report_id: message.answers for message in messages if message.answers}
    standing = select(Report).where(Report.case_id == case.id, Report.state != ReportState.WITHDRAWN)
    reports = session.scalars(standing.order_by(Report.received_at))
    views = [_view(report, answers.get(report.id)) for report in reports]
    return [view for view in views if view.ticked or view.consent is not None]


def _view(report: Report, answers: Mapping[str, Any] | None) -> ReporterView:
    number = answers.get("version") if answers else None
    return ReporterView(
        received_at=report.received_at,
        channel=report.channel,
        version=number,
        ticked=_ticked(answers) if answers else (),
        consent=read_consent(report.consent),
    )


def _ticked(answers: Mapping[str, Any]) -> list[Ticked]:
    """In the words of the version that was answered; what has none any more is left as the code it is."""
    version = of_version(int(answers.get("version") or 0)) or current()
    given: Mapping[str, Any] = answers.get("given") or {}
    return [_one(version.definition, name, answer) for name, answer in given.items()]


def _one(definition: Definition, name: str, answer: Any) -> Ticked:
    question, language = definition.question(name), page_language()
    if question is None:
        return Ticked(Said(name, language), str(answer))
    words = in_words(question, answer, language, gettext("I don’t know"))
    return Ticked(question.label.said(language), words)
