"""What the tests of the conversation share: a phone that wrote, and more messages from it and to it."""

from __future__ import annotations

import os
import uuid
from typing import Any

from sqlalchemy import select

from app.casework.conclusions import Conclusion
from app.clock import utcnow
from app.database import db, transaction
from app.models import Case, Contact, Message, OwedWork, Report

from .desk import report_case


def phone_case(
    *conclusions: Conclusion, contact: Contact | None = None, **columns: Any
) -> tuple[Case, Contact]:
    """A case that one phone opened."""
    case = report_case(*conclusions, **columns)
    with transaction() as session:
        if contact is None:
            contact = Contact(id=uuid.uuid4(), digest=os.urandom(32), sealed_address=b"sealed")
            session.add(contact)
            session.flush()
        report_of(case).contact_id = contact.id
    return case, contact


def report_of(case: Case) -> Report:
    return db.session.scalars(select(Report).where(Report.case_id == case.id)).one()


def message_of(case: Case) -> Message:
    """The first message of a case."""
    statement = select(Message).join(Report, Report.id == Message.report_id).where(Report.case_id == case.id)
    return db.session.scalars(statement.order_by(Message.created_at)).all()[0]


def add_message(case: Case, direction: str = "in", **columns: Any) -> Message:
    """One more message of the case's only report."""
    with transaction() as session:
        given = {"state": "received" if direction == "in" else "queued", "channel": "sms", **columns}
        message = Message(
            id=uuid.uuid4(),
            report_id=report_of(case).id,
            direction=direction,
            created_at=given.pop("created_at", utcnow()),
            **given,
        )
        session.add(message)
    return message


def owed() -> list[tuple[str, uuid.UUID]]:
    """What workers are to do, by the job's last word."""
    db.session.rollback()
    rows = db.session.scalars(select(OwedWork).where(OwedWork.done_at.is_(None)))
    return sorted((row.job.rsplit(".", 1)[1], row.subject_id) for row in rows)
