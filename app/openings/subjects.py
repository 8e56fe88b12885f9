"""What may be opened, and in which case it lies. Least disclosure: a text that was made safe is read, not opened."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission, may
from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.casework.visibility import visible_cases, workable_case
from app.models import (
    Attachment,
    AttachmentState,
    CallbackRequest,
    Case,
    Contact,
    Direction,
    Message,
    OpeningSubject,
    Report,
    ReportState,
    User,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants opened; `case_id` says in which case they read of a contact, None on the call-back page."""

    subject: OpeningSubject
    subject_id: uuid.UUID
    case_id: uuid.UUID | None = None


def may_open(user: User) -> bool:
    """Whether a person may open anything: the permission, and the desk's people only."""
    return may(user.role, Permission.OPEN_SEALED) and user.organisation.sees_every_case


def case_of(session: Session, user: User, wanted: Wanted) -> Case | None:
    """The case that what is wanted belongs to; None for a contact who only rang.

    Raises CaseworkError: `forbidden`, `not_found` (also what may not be opened), `withdrawn`.
    """
    if not may_open(user):
        raise CaseworkError(FORBIDDEN)
    if wanted.subject is OpeningSubject.CONTACT and wanted.case_id is None:
        _check_rang(session, user, wanted.subject_id)
        return None
    case_id = _FINDERS[wanted.subject](session, wanted)
    if case_id is None:
        raise CaseworkError(NOT_FOUND)
    return workable_case(session, user, case_id, Permission.OPEN_SEALED)


def _case_of_attachment(session: Session, wanted: Wanted) -> uuid.UUID | None:
    return session.scalar(
        select(Report.case_id)
        .join(Attachment, Attachment.report_id == Report.id)
        .where(
            Attachment.id == wanted.subject_id,
            Attachment.state == AttachmentState.KEPT,
            Report.state != ReportState.WITHDRAWN,
        )
    )


def _case_of_message(session: Session, wanted: Wanted) -> uuid.UUID | None:
    return session.scalar(
        select(Report.case_id)
        .join(Message, Message.report_id == Report.id)
        .where(
            Message.id == wanted.subject_id,
            Message.direction == Direction.INBOUND,
            Message.sealed_content.is_not(None),
            Message.anonymised_text.is_(None),
            Report.state != ReportState.WITHDRAWN,
        )
    )


def _case_of_contact(session: Session, wanted: Wanted) -> uuid.UUID | None:
    return session.scalar(
        select(Report.case_id).where(
            Report.contact_id == wanted.subject_id,
            Report.case_id == wanted.case_id,
            Report.state != ReportState.WITHDRAWN,
        )
    )


_FINDERS: Mapping[OpeningSubject, Callable[[Session, Wanted], uuid.UUID | None]] = {
    OpeningSubject.ATTACHMENT: _case_of_attachment,
    OpeningSubject.ATTACHMENT_DETAILS: _case_of_attachment,
    OpeningSubject.MESSAGE: _case_of_message,
    OpeningSubject.CONTACT: _case_of_contact,
}


def _check_rang(session: Session, user: User, contact_id: uuid.UUID) -> None:
    """The contact waits to be called back, and no case of theirs is kept from this person."""
    waiting = exists().where(CallbackRequest.contact_id == Contact.id, CallbackRequest.done_at.is_(None))
    if session.scalar(select(Contact.id).where(Contact.id == contact_id, waiting)) is None:
        raise CaseworkError(NOT_FOUND)
    visible = visible_cases(user).with_only_columns(Case.id)
    hidden = select(Report.id).where(
        Report.contact_id == contact_id, Report.case_id.is_not(None), Report.case_id.not_in(visible)
    )
    if session.scalar(hidden.limit(1)) is not None:
        raise CaseworkError(NOT_FOUND)
