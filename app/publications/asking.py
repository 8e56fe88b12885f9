"""Asking for a periodic report, by the way of every export."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.errors import FORBIDDEN, CaseworkError
from app.clock import BAMAKO, utcnow
from app.exports.asking import NewExport
from app.exports.asking import ask as ask_for_export
from app.exports.levels import Level
from app.languages import speaking
from app.models import ExportKind, ExportRecord, User
from app.publications.periods import Period
from app.publications.rules import rules
from app.publications.service import may_publish

NOT_OVER = "report_not_over"
OFFERED_QUARTERS, OFFERED_YEARS = 8, 3
SHOWN = 20


def ask(session: Session, user: User, period: Period, file_format: str, language: str) -> ExportRecord:
    """Have a report of a period made that is over. Raises CaseworkError: `forbidden`, `report_not_over`, and what
    app.exports.asking.ask raises.
    """
    if not may_publish(user):
        raise CaseworkError(FORBIDDEN)
    if period.last >= utcnow().astimezone(BAMAKO).date():
        raise CaseworkError(NOT_OVER)
    with speaking(language):
        purpose = gettext("Periodic report: %(period)s", period=period.label(language))
    filters = {
        "period": "received",
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "report_period": period.code,
    }
    new = NewExport(
        kind=ExportKind.REPORT,
        level=Level.PUBLIC,
        file_format=f"report-{file_format}",
        language=language,
        purpose=purpose,
        recipient=rules().publisher[language],
        filters=filters,
    )
    return ask_for_export(session, user, new)


def periods(today: date) -> list[Period]:
    """Quarters and years that are over, the latest first."""
    quarter, year = Period.quarter_of(today).before, Period(today.year - 1, 1, 12)
    found = [quarter]
    while len(found) < OFFERED_QUARTERS:
        found.append(found[-1].before)
    return found + [Period(year.year - ago, 1, 12) for ago in range(OFFERED_YEARS)]


def made(session: Session) -> Sequence[ExportRecord]:
    """The reports that were asked for, the latest first."""
    statement = select(ExportRecord).where(ExportRecord.kind == ExportKind.REPORT)
    return session.scalars(statement.order_by(ExportRecord.number.desc()).limit(SHOWN)).unique().all()
