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
from app.casework.referrals import answer_referral, refer
from app.casework.transcription import type_recording
from app.casework.visibility import may_read_text, visible_case, workable_case
from app.casework.wishes import change_wishes
from app.clock import utcnow
from app.models import Case, CaseStatus, User, Verification

SHORTEST_REASON = 10
LONGEST_NOTE = 4000


def check_version(session: Session, user: User, case_id: uuid.UUID, version: int) -> None:
    """Raises CaseworkError("changed_meanwhile") if the case isn't as the person saw it."""
    if visible_case(session, user, case_id).version != version:
        raise CaseworkError(CHANGED_MEANWHILE)


def assign(session: Session, user: User, case_id: uuid.UUID, assignee_id: uuid.UUID | None) -> Case:
    """Give a case to somebody of one's own organisation, take it, or give it back (None).

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `assignee_unknown`.
    """
    case = workable_case(session, user, case_id, Permission.WORK_ON_CASES)
    is_own_affair = assignee_id == user.id or (assignee_id is None and case.assigned_to_id == user.id)
    if not is_own_affair and not may(user.role, Permission.ASSIGN_TO_OTHERS):
        raise CaseworkError(FORBIDDEN)
    if assignee_id is not None and not _can_be_given_cases(session.get(User, assignee_id), user):
        raise CaseworkError("assignee_unknown")
    before, case.assigned_to_id = case.assigned_to_id, assignee_id
    detail = {"from": str(before) if before else None, "to": str(assignee_id) if assignee_id else None}
    history.write(session, user, case, EventKind.ASSIGNED, detail=detail)
    return case


def _can_be_given_cases(candidate: User | None, by: User) -> bool:
    return (
        candidate is not None
        and candidate.is_active
        and candidate.organisation_id == by.organisation_id
        and may(candidate.role, Permission.WORK_ON_CASES)
    )


def change_status(
    session: Session, user: User, case_id: uuid.UUID, status: CaseStatus, *, reason: str = ""
) -> Case:
    """Say where the work stands; a case that somebody took up no longer waits for a person."""
    case = workable_case(session, user, case_id, Permission.WORK_ON_CASES)
    before, case.status = case.status, status
    if status is not CaseStatus.NEW and may_read_text(user, case):
        case.needs_person = ""
    detail = {"from": before, "to": str(status)}
    history.write(session, user, case, EventKind.STATUS_CHANGED, detail=detail, reason=reason.strip())
    return case


def verify(
    session: Session, user: User, case_id: uuid.UUID, verification: Verification, *, reason: str
) -> Case:
    """Say whether it is established, and on what ground (at least 10 characters).

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `reason_short`.
    """
    case = workable_case(session, user, case_id, Permission.VERIFY_CASES)
    if len(reason.strip()) < SHORTEST_REASON:
        raise CaseworkError("reason_short")
    before, case.verification = case.verification, verification
    case.verified_at = utcnow() if verification is Verification.VERIFIED else None
    detail = {"from": before, "to": str(verification)}
    history.write(session, user, case, EventKind.VERIFICATION_CHANGED, detail=detail, reason=reason.strip())
    return case


def add_note(session: Session, user: User, case_id: uuid.UUID, text: str) -> Case:
    """Write a note for the people of one's own organisation and the desk.

    Raises CaseworkError: `not_found`, `forbidden`, `text_missing`, `text_long`.
    """
    case = visible_case(session, user, case_id)
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
