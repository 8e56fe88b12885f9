"""Deleting what can be deleted of a report: everything its writer gave, sealed or not, and what was drawn from it.

What stays is what others already have, what is counted, the colleagues' own notes, and the audit record; and the code
still says that it was deleted. The report is withdrawn first, so a worker that is reading it stores nothing any more.

Under a legal hold the anonymised account stays besides until the hold ends: whoever wrote it is forgotten all the same.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import Select, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.database import transaction
from app.intake import uploads
from app.intake.case_text import refresh_text
from app.intake.forgetting import forget_contact
from app.intake.holds import held_cases, is_held
from app.intake.receipts import withdraw_report
from app.models import (
    Arrival,
    Attachment,
    Case,
    CaseEvent,
    Contact,
    Draft,
    Finding,
    Likeness,
    MaskCorrection,
    Message,
    Opening,
    OwedWork,
    Report,
    ReportState,
)
from app.safe.shares import erase_report_keys

REPORT_ERASED = "report_erased"  # a line of the case's history

_NOTHING_SEALED = {
    "sealed_content": None,
    "sealed_tokens": None,
    "token_marks": None,
    "sealed_address": None,
    "contact_id": None,
}
_NO_WORDS = {
    "anonymised_text": None,
    "answers": None,
    "residual_risk": None,
    "text": None,  # a question repeats what was said
}
_EMPTY_ARRIVAL = {
    "sealed_content": b"",
    "contact_id": None,
    "text_digest": None,
    "part_reference": None,
}


@dataclass(frozen=True, slots=True)
class _Belongings:
    """The ids of what came with one report."""

    messages: list[uuid.UUID]
    attachments: list[uuid.UUID]
    uploads: list[uuid.UUID]

    @property
    def subjects(self) -> list[uuid.UUID]:
        """What jobs and openings may be about."""
        return [*self.messages, *self.attachments]


def erase_report(report_id: uuid.UUID) -> bool:
    """Withdraw a report and delete what can be deleted; False when that was done before."""
    with transaction() as session:
        report = _held(session, report_id)
        if report.erased_at is not None:
            return False
        withdraw_report(session, report)
        erase_source(session, report)
        if not is_held(session, report.case_id):
            erase_account(session, report)
        report.erased_at = utcnow()
        audit.record(session, Action.REPORT_ERASED, f"report:{report.id}", actor="reporter")
    return True


def erase_source(session: Session, report: Report) -> None:
    """Delete everything by which its writer or anybody could be known: what is sealed, files, keys, the phone."""
    belongings = _belongings(session, report)
    _erase_work(session, report, belongings)
    for table in (Likeness, MaskCorrection):
        session.execute(delete(table).where(table.message_id.in_(belongings.messages)))
    _erase_files(session, belongings)
    _erase_sealed(session, report, belongings)
    erase_report_keys(session, [report.id])
    forget_contact(session, report)


def erase_account(session: Session, report: Report) -> None:
    """Delete the anonymised account and what was concluded from it."""
    belongings = _belongings(session, report)
    session.execute(delete(Finding).where(Finding.message_id.in_(belongings.messages)))
    session.execute(update(Message).where(Message.id.in_(belongings.messages)).values(_NO_WORDS))
    _erase_from_case(session, report)


def accounts_kept_by_holds() -> Select[uuid.UUID]:
    """Reports that their writer deleted while a hold kept the account, whose hold has ended since."""
    has_words = exists().where(
        Message.report_id == Report.id, or_(Message.anonymised_text.is_not(None), Message.text.is_not(None))
    )
    is_free = or_(Report.case_id.is_(None), Report.case_id.not_in(held_cases(utcnow())))
    return select(Report.id).where(Report.erased_at.is_not(None), has_words, is_free)


def _held(session: Session, report_id: uuid.UUID) -> Report:
    """The report, held in the order in which everybody holds them: contact, report."""
    contact_id = session.scalar(select(Report.contact_id).where(Report.id == report_id))
    if contact_id is not None:
        session.get(Contact, contact_id, with_for_update=True)
    return session.get_one(Report, report_id, with_for_update=True, populate_existing=True)


def _belongings(session: Session, report: Report) -> _Belongings:
    attachments = session.execute(
        select(Attachment.id, Attachment.upload_id).where(Attachment.report_id == report.id)
    ).all()
    return _Belongings(
        messages=list(session.scalars(select(Message.id).where(Message.report_id == report.id))),
        attachments=[row.id for row in attachments],
        uploads=[row.upload_id for row in attachments if row.upload_id is not None],
    )


def _erase_work(session: Session, report: Report, belongings: _Belongings) -> None:
    """Nothing is left to be done, and what was opened for a colleague closes."""
    now = utcnow()
    session.execute(
        update(OwedWork)
        .where(OwedWork.subject_id.in_([report.id, *belongings.subjects]), OwedWork.done_at.is_(None))
        .values(done_at=now, claimed_until=None)
    )
    session.execute(
        update(Opening)
        .where(Opening.subject_id.in_(belongings.subjects))
        .values(sealed_answer=None, expires_at=now)
    )


def _erase_files(session: Session, belongings: _Belongings) -> None:
    session.execute(delete(Attachment).where(Attachment.id.in_(belongings.attachments)))
    uploads.erase(session, belongings.uploads)


def _erase_sealed(session: Session, report: Report, belongings: _Belongings) -> None:
    session.execute(delete(Draft).where(Draft.report_id == report.id))
    session.execute(update(Message).where(Message.id.in_(belongings.messages)).values(_NOTHING_SEALED))
    session.execute(update(Arrival).where(Arrival.message_id.in_(belongings.messages)).values(_EMPTY_ARRIVAL))


def _erase_from_case(session: Session, report: Report) -> None:
    """The case's text is what others wrote; where nobody else did, it is known only as finely as figures are."""
    case = session.get(Case, report.case_id) if report.case_id else None
    if case is None:
        return
    session.expire(case, ["reports"])
    if all(other.state == ReportState.WITHDRAWN for other in case.reports):
        case.place_name, case.latitude, case.longitude = None, None, None
    refresh_text(session, case)
    case.updated_at = utcnow()
    session.add(CaseEvent(case_id=case.id, kind=REPORT_ERASED))
