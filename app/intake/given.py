"""What was given so far, for the holder of a code who asks to see it: with names hidden, as workers left it.

The original is sealed, and nothing in this zone can open it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Attachment, Direction, Message, Report, ReportState


@dataclass(frozen=True, slots=True)
class GivenMessage:
    """One message of a report. `text` is None until a worker has hidden the names; `question` is what it answers."""

    at: datetime
    text: str | None
    question: str
    files: int


def given(session: Session, report: Report) -> list[GivenMessage]:
    """Every message that came in for a report, oldest first; none once it was withdrawn."""
    if report.state == ReportState.WITHDRAWN:
        return []
    messages = list(
        session.scalars(
            select(Message).where(Message.report_id == report.id).order_by(Message.created_at, Message.id)
        )
    )
    questions = {each.id: each.text or "" for each in messages if each.direction == Direction.OUTBOUND}
    files = _files(session, report)
    return [
        GivenMessage(
            at=each.created_at,
            text=each.anonymised_text,
            question=questions.get(each.answers_message_id, "") if each.answers_message_id else "",
            files=files.get(each.id, 0),
        )
        for each in messages
        if each.direction == Direction.INBOUND and each.repeats_message_id is None
    ]


def _files(session: Session, report: Report) -> Mapping[uuid.UUID | None, int]:
    rows = session.execute(
        select(Attachment.message_id, func.count())
        .where(Attachment.report_id == report.id)
        .group_by(Attachment.message_id)
    )
    return {row[0]: row[1] for row in rows}
