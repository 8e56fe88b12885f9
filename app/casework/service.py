"""What people do to cases. Each takes the session and the person, writes history and audit, or raises CaseworkError."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from app.accounts.permissions import Permission, may
from app.casework import history
from app.casework.conversation import ask_reporter
from app.casework.errors import CHANGED_MEANWHILE, FORBIDDEN, CaseworkError
from app.casework.findings import add_finding, add_violation, decide_finding
from app.casework.history import EventKind
from app.casework.masking import ask_unmasking, mask_words
from app.casework.moving import move_message
from app.casework.referrals import answer_referral, change_disclosure, refer
from app.casework.telling import tell_assignee
from app.casework.transcription import type_recording
from app.casework.verifying import verify
from app.casework.visibility import may_read_text, visible_case, visible_cases, workable_case
from app.casework.wishes import change_wishes
from app.models import SPAM, Case, CaseStatus, Disclosure, User

LONGEST_NOTE = 4000


def check_version(session: Session, user: User, case_id: uuid.UUID, version: int) -> None:
    """Raises CaseworkError("changed_meanwhile") if the case isn't as the person saw it."""
    if visible_case(session, user, case_id, least=Disclosure.SUMMARY).version != version:
        raise CaseworkError(CHANGED_MEANWHILE)


def assign(session: Session, user: User, case_id: uuid.UUID, assignee_id: uuid.UUID | None) -> Case:
    """Give a case to somebody of one's own organisation, take it, or give it back (None).

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `assignee_unknown`.
    """
    case = workable_case(session, user, case_id, Permission.WORK_ON_CASES)
    is_own_affair = assignee_id == user.id or (assignee_id is None and case.assigned_to_id == user.id)
    if not is_own_affair and not may(user.role, Permission.ASSIGN_TO_OTHERS):
        raise CaseworkError(FORBIDDEN)
    if assignee_id is not None and not _can_be_given(session, case, session.get(User, assignee_id), user):
        raise CaseworkError("assignee_unknown")
    before, case.assigned_to_id = case.assigned_to_id, assignee_id
    detail = {"from": str(before) if before else None, "to": str(assignee_id) if assignee_id else None}
    history.write(session, user, case, EventKind.ASSIGNED, detail=detail)
    tell_assignee(session, case, by=user)
    return case


def _can_be_given(session: Session, case: Case, candidate: User | None, by: User) -> bool:
    """Whether it is a colleague who works on cases, and whom this one doesn't concern."""
    return (
        candidate is not None
        and candidate.is_active
        and candidate.organisation_id == by.organisation_id
        and may(candidate.role, Permission.WORK_ON_CASES)
        and session.scalar(visible_cases(candidate).where(Case.id == case.id)) is not None
    )


def change_status(
    session: Session,
    user: User,
    case_id: uuid.UUID,
    status: CaseStatus,
    *,
    reason: str = "",
    is_spam: bool = False,
) -> Case:
    """Say where the work stands; a case that somebody took up no longer waits for a person. `is_spam` closes it as
    what is no report at all.
    """
    case = workable_case(session, user, case_id, Permission.WORK_ON_CASES)
    before, case.status = case.status, status
    case.closed_as = SPAM if is_spam and status is CaseStatus.CLOSED else ""
    if status is not CaseStatus.NEW and may_read_text(user, case):
        case.needs_person = ""
    detail = {"from": before, "to": str(status), **({"as": case.closed_as} if case.closed_as else {})}
    history.write(session, user, case, EventKind.STATUS_CHANGED, detail=detail, reason=reason.strip())
    return case


def add_note(session: Session, user: User, case_id: uuid.UUID, text: str) -> Case:
    """Write a note for the people of one's own organisation and the desk.

    Raises CaseworkError: `not_found`, `forbidden`, `text_missing`, `text_long`.
    """
    case = visible_case(session, user, case_id, least=Disclosure.SUMMARY)
    if not may(user.role, Permission.WORK_ON_CASES):
        raise CaseworkError(FORBIDDEN)
    note = text.replace("\x00", "").strip()
    if not note:
        raise CaseworkError("text_missing")
    if len(note) > LONGEST_NOTE:
        raise CaseworkError("text_long")
    history.write(session, user, case, EventKind.NOTE, reason=note)
    return case


__all__ = [
    "add_finding",
    "add_note",
    "add_violation",
    "answer_referral",
    "ask_reporter",
    "ask_unmasking",
    "assign",
    "change_disclosure",
    "change_status",
    "change_wishes",
    "check_version",
    "decide_finding",
    "mask_words",
    "move_message",
    "refer",
    "type_recording",
    "verify",
]
