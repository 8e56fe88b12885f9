"""Having a message read by the machine again: the work that was owed for it is owed once more."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.intake.service import beginning_of
from app.models import Message, Report
from app.queue import JobName, owe_again


def read_again(session: Session, message: Message, *, is_addition: bool = False) -> None:
    """Owe the reading of one inbound message: the first of its report as a report, any other as an addition.

    With `is_addition` even the first only fills in what its case lacks.
    """
    report = session.get_one(Report, message.report_id)
    first = first_message(session, report)
    if first is not None and first.id == message.id and not is_addition:
        owe_again(session, JobName.PROCESS_REPORT, report.id)
    else:
        owe_again(session, JobName.PROCESS_ANSWER, message.id)


def first_message(session: Session, report: Report) -> Message | None:
    """The message that a report began with, as workers see it."""
    return session.scalars(beginning_of(report)).first()
