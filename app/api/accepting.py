"""Taking a partner's report in: once, sealed, with the same answer to whoever sends it again."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.problems import Problem
from app.clock import utcnow
from app.current import current_settings
from app.database import db
from app.intake import receipts
from app.intake.partner_problems import problems_of
from app.intake.partner_reports import PartnerReport, check, digest_of, new_report
from app.intake.service import submit
from app.models import Channel, Message, Report


@dataclass(frozen=True, slots=True)
class Taken:
    """A report that is here now; a repeat was here before."""

    id: uuid.UUID
    receipt_code: str
    received_at: datetime
    is_repeat: bool


@dataclass(frozen=True, slots=True)
class State:
    """How far a report is, in a word that is harmless in anybody's hands."""

    id: uuid.UUID
    state: str
    received_at: datetime


def accept(organisation_id: uuid.UUID, given: Mapping[str, Any], key: str) -> Taken:
    """Take a report of an organisation's program in, once for its key. Raises Problem, or SQLAlchemyError."""
    report = checked(given)
    known_by = f"{organisation_id}:{report.external_id or key}"
    digest = digest_of(current_settings(), known_by, given)
    taken = store(organisation_id, report, f"key:{key}", digest)
    if taken.is_repeat and not _came_with(db.session(), taken.id, digest):
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "key_reused")
    return taken


def checked(given: Mapping[str, Any]) -> PartnerReport:
    """The report in what was given. Raises Problem with what is wrong, field by field."""
    try:
        return check(given)
    except ValidationError as error:
        raise refused(error) from None


def refused(error: ValidationError) -> Problem:
    """The problem that a report with wrong fields is."""
    found = tuple(problems_of(error.messages))
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "report", found)


def store(
    organisation_id: uuid.UUID, report: PartnerReport, reference: str, digest: bytes | None = None
) -> Taken:
    """Seal a report and keep it, once for its reference."""
    settings = current_settings()
    new = new_report(
        settings,
        organisation_id,
        report,
        reference=reference,
        received_at=utcnow(),
        content_digest=digest,
    )
    receipt = submit(settings, new)
    stored = db.session().get_one(Report, receipt.report_id)
    return Taken(receipt.report_id, receipt.code, stored.received_at, receipt.is_repeat)


def _came_with(session: Session, report_id: uuid.UUID, digest: bytes) -> bool:
    """Whether a report came with this content. One that came by another way left no digest: the identifier counts."""
    first = session.scalar(
        select(Message.channel_reference)
        .where(Message.report_id == report_id, Message.channel == Channel.API)
        .order_by(Message.created_at)
        .limit(1)
    )
    return first is None or first == digest


def state_of(organisation_id: uuid.UUID, report_id: uuid.UUID) -> State | None:
    """How far a report is, for the organisation that sent it; None for any other and for none."""
    session = db.session()
    report = session.get(Report, report_id)
    if report is None or report.submitted_by_id != organisation_id:
        return None
    view = receipts.view(session, report)
    return State(report.id, view.state, view.received_at)
