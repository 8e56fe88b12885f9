"""What the tests of openings share: a case with something sealed in it, and asking for it as a browser does."""

from __future__ import annotations

import os
import re
import uuid
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.clock import utcnow
from app.database import db, transaction
from app.models import Attachment, Case, Contact, Message, Opening, Report
from app.openings.answers import Answer, seal_answer
from app.sealing import seal
from tests.conftest import INTAKE_KEY
from tests.integration.casework.desk import address, report_case

REASON = "to call the hospital for them"
NUMBER = "+22376543210"
PUBLIC_KEY = bytes(INTAKE_KEY.public_key)


def case_with_phone(**columns: Any) -> tuple[Case, Contact]:
    """A case whose report came from a phone."""
    case = report_case(**columns)
    with transaction() as session:
        contact = Contact(
            id=uuid.uuid4(), digest=os.urandom(32), sealed_address=seal({"address": NUMBER}, PUBLIC_KEY)
        )
        session.add(contact)
        session.flush()
        session.scalars(select(Report).where(Report.case_id == case.id)).one().contact_id = contact.id
    return case, contact


def keep_file(case: Case, content_type: str = "audio/ogg", **columns: Any) -> Attachment:
    """A file that came with the case's message."""
    with transaction() as session:
        report = session.scalars(select(Report).where(Report.case_id == case.id)).one()
        message = session.scalars(select(Message).where(Message.report_id == report.id)).first()
        attachment = Attachment(
            id=uuid.uuid4(),
            report_id=report.id,
            message_id=message.id if message else None,
            state="kept",
            content_type=content_type,
            **{"sealed_original": b"sealed", **columns},
        )
        session.add(attachment)
    return attachment


def ask(
    client: FlaskClient, case: Case | None, subject: str, subject_id: uuid.UUID, /, **typed: str
) -> TestResponse:
    """Ask as the form on the case page does."""
    page = client.get(address(case) if case else "/desk/call-backs").text
    token = re.search(r'name="csrf_token" value="([^"]*)"', page)
    assert token
    fields = {"subject": subject, "subject_id": str(subject_id), "case": str(case.id) if case else ""}
    return client.post("/desk/openings", data={**fields, "reason": REASON, "csrf_token": token[1], **typed})


def openings() -> list[Opening]:
    """Every opening, as the database has it now."""
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(Opening)))


def answer(given: Answer | None, failure: str | None = None) -> None:
    """Answer the only opening, as a worker would."""
    with transaction() as session:
        opening = session.scalars(select(Opening)).one()
        opening.answered_at, opening.failure = utcnow(), failure
        opening.sealed_answer = seal_answer(given, opening.public_key) if given else None
