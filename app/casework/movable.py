"""What can be moved where: the cases of the same phone, and whether a message is all that its report holds."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.casework.history import EventKind
from app.casework.visibility import visible_cases
from app.models import Case, CaseEvent, Direction, Message, Report, ReportState, User


def targets(session: Session, user: User, case: Case, message: Message) -> Sequence[Case]:
    """The cases a message can be moved to: those of the same phone, and those it was moved from; newest first."""
    contact_id = session.scalar(select(Report.contact_id).where(Report.id == message.report_id))
    if contact_id is None:
        return []
    of_contact = select(Report.case_id).where(
        Report.contact_id == contact_id, Report.case_id.is_not(None), Report.state != ReportState.WITHDRAWN
    )
    was_in = select(CaseEvent.case_id).where(
        CaseEvent.kind == EventKind.MESSAGE_MOVED, CaseEvent.detail["message"].as_string() == str(message.id)
    )
    statement = visible_cases(user).where(
        Case.id != case.id, Case.is_withdrawn.is_(False), or_(Case.id.in_(of_contact), Case.id.in_(was_in))
    )
    return session.scalars(statement.order_by(Case.number.desc())).all()


def is_last_of_report(session: Session, message: Message) -> bool:
    """Whether its report holds no other message but repeats of it."""
    return (
        session.scalar(others_of_report(message).where(Message.repeats_message_id.is_(None)).limit(1)) is None
    )


def others_of_report(message: Message) -> Select[uuid.UUID]:
    """The other inbound messages of a message's report."""
    return select(Message.id).where(
        Message.report_id == message.report_id,
        Message.direction == Direction.INBOUND,
        Message.id != message.id,
    )
