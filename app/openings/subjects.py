"""What may be opened, by whom, and in which case it lies. One thing at a time: a sign of a text, a text, a file."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission, may
from app.casework.disclosure import may_open_identities
from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.casework.tokens import tokens_in
from app.casework.visibility import visible_cases, workable_case
from app.models import (
    Attachment,
    AttachmentState,
    CallbackRequest,
    Case,
    Contact,
    Direction,
    Message,
    Opening,
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
    part: str = ""  # which token of a message


def wanted_of(opening: Opening) -> Wanted:
    """What an opening was asked for."""
    return Wanted(OpeningSubject(opening.subject), opening.subject_id, opening.case_id, opening.part)


def may_open(user: User) -> bool:
    """Whether a person may open things of any case: the permission, and the desk's people only."""
    return may(user.role, Permission.OPEN_SEALED) and user.organisation.sees_every_case


def may_open_in(session: Session, user: User, case: Case) -> bool:
    """Whether a person may open what reporters of a case gave: also those whom it was referred to with identity."""
    return may_open(user) or (
        may(user.role, Permission.OPEN_SEALED) and may_open_identities(session, user, case)
    )


def case_of(session: Session, user: User, wanted: Wanted) -> Case | None:
    """The case that what is wanted belongs to; None for a contact who only rang.

    Raises CaseworkError: `forbidden`, `not_found` (also what may not be opened), `withdrawn`.
    """
    is_for_desk = wanted.subject is OpeningSubject.CONTACT  # partners write to nobody
    if not may(user.role, Permission.OPEN_SEALED) or (is_for_desk and not may_open(user)):
        raise CaseworkError(FORBIDDEN)
    if wanted.subject is OpeningSubject.CONTACT and wanted.case_id is None:
        _check_rang(session, user, wanted.subject_id)
        return None
    case_id = _FINDERS[wanted.subject](session, wanted)
    if case_id is None:
        raise CaseworkError(NOT_FOUND)
    case = workable_case(session, user, case_id, Permission.OPEN_SEALED)
    if not may_open_in(session, user, case):
        raise CaseworkError(FORBIDDEN)
    return case


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
            Report.state != ReportState.WITHDRAWN,
        )
    )


def _case_of_token(session: Session, wanted: Wanted) -> uuid.UUID | None:
    """Only a token that stands in the message as it is read now."""
    message = session.get(Message, wanted.subject_id)
    if message is None or wanted.part not in tokens_in(message.anonymised_text or ""):
        return None
    return _case_of_message(session, wanted)


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
    OpeningSubject.ORIGINAL: _case_of_attachment,
    OpeningSubject.MESSAGE: _case_of_message,
    OpeningSubject.TOKEN: _case_of_token,
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
