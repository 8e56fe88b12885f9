"""Writing down what was done to a case: a line of its history, an entry of the audit chain, and its new date."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.models import Case, CaseEvent, User


class EventKind(StrEnum):
    """Lines of a case's history that people cause."""

    FINDING_DECIDED = "finding_decided"
    FINDING_ADDED = "finding_added"
    QUESTION_ASKED = "question_asked"
    ASSIGNED = "assigned"
    STATUS_CHANGED = "status_changed"
    VERIFICATION_CHANGED = "verification_changed"
    REFERRAL_CREATED = "referral_created"
    REFERRAL_CHANGED = "referral_changed"
    CONSENT_OVERRIDDEN = "consent_overridden"
    CONFLICT_STATED = "conflict_stated"
    CONFLICT_REMOVED = "conflict_removed"
    NOTE = "note"
    WORDS_MASKED = "words_masked"
    UNMASKING_ASKED = "unmasking_asked"
    MESSAGE_MOVED = "message_moved"
    MESSAGE_TYPED = "message_typed"
    OPENING_ASKED = "opening_asked"
    WISHES_CHANGED = "wishes_changed"
    HIDING_CHANGED = "hiding_changed"
    CASES_MERGED = "cases_merged"
    MERGE_UNDONE = "merge_undone"
    REPORT_SPLIT_OFF = "report_split_off"
    RECORD_ADDED = "record_added"
    RECORD_CHANGED = "record_changed"
    RECORD_REMOVED = "record_removed"
    RECORD_PUT_BACK = "record_put_back"
    CHECKLIST_KEPT = "checklist_kept"
    SOURCE_ASSESSED = "source_assessed"
    RELEASE_DECIDED = "release_decided"
    JUDICIAL_ASKED = "judicial_asked"
    JUDICIAL_CONFIRMED = "judicial_confirmed"
    JUDICIAL_WITHDRAWN = "judicial_withdrawn"
    JUDICIAL_APPROVED = "judicial_approved"
    JUDICIAL_REFUSED = "judicial_refused"


_ACTIONS = {
    EventKind.FINDING_DECIDED: Action.FINDING_DECIDED,
    EventKind.FINDING_ADDED: Action.FINDING_DECIDED,
    EventKind.QUESTION_ASKED: Action.QUESTION_ASKED,
    EventKind.ASSIGNED: Action.CASE_ASSIGNED,
    EventKind.STATUS_CHANGED: Action.CASE_STATUS_CHANGED,
    EventKind.VERIFICATION_CHANGED: Action.CASE_VERIFICATION_CHANGED,
    EventKind.REFERRAL_CREATED: Action.REFERRAL_CREATED,
    EventKind.REFERRAL_CHANGED: Action.REFERRAL_CHANGED,
    EventKind.CONSENT_OVERRIDDEN: Action.CONSENT_OVERRIDDEN,
    EventKind.CONFLICT_STATED: Action.CONFLICT_STATED,
    EventKind.CONFLICT_REMOVED: Action.CONFLICT_REMOVED,
    EventKind.NOTE: Action.CASE_NOTED,
    EventKind.WORDS_MASKED: Action.WORDS_MASKED,
    EventKind.UNMASKING_ASKED: Action.UNMASKING_ASKED,
    EventKind.MESSAGE_MOVED: Action.MESSAGE_MOVED,
    EventKind.CASES_MERGED: Action.CASES_MERGED,
    EventKind.MERGE_UNDONE: Action.MERGE_UNDONE,
    EventKind.REPORT_SPLIT_OFF: Action.REPORT_SPLIT_OFF,
    EventKind.MESSAGE_TYPED: Action.MESSAGE_TYPED,
    EventKind.OPENING_ASKED: Action.OPENING_ASKED,
    EventKind.HIDING_CHANGED: Action.COPY_REMADE,
    EventKind.RECORD_ADDED: Action.RECORD_ADDED,
    EventKind.RECORD_CHANGED: Action.RECORD_CHANGED,
    EventKind.RECORD_REMOVED: Action.RECORD_REMOVED,
    EventKind.RECORD_PUT_BACK: Action.RECORD_PUT_BACK,
    EventKind.CHECKLIST_KEPT: Action.CHECKLIST_KEPT,
    EventKind.SOURCE_ASSESSED: Action.SOURCE_ASSESSED,
    EventKind.JUDICIAL_ASKED: Action.JUDICIAL_ASKED,
    EventKind.JUDICIAL_CONFIRMED: Action.JUDICIAL_CONFIRMED,
    EventKind.JUDICIAL_WITHDRAWN: Action.JUDICIAL_WITHDRAWN,
    EventKind.JUDICIAL_APPROVED: Action.JUDICIAL_APPROVED,
    EventKind.JUDICIAL_REFUSED: Action.JUDICIAL_REFUSED,
}


def write(
    session: Session,
    user: User,
    case: Case,
    kind: EventKind,
    *,
    detail: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Note what a person did. `detail` holds codes and ids; `reason` is their own words, kept off the chain."""
    known = dict(detail or {})
    tell(session, user, case, kind, detail=known, reason=reason)
    audit.record(session, _ACTIONS[kind], f"case:{case.id}", actor=f"user:{user.id}", detail=known)


def tell(
    session: Session,
    user: User,
    case: Case,
    kind: EventKind,
    *,
    detail: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """A line of the case's history alone, for what its own service puts on the chain."""
    case.updated_at = utcnow()
    session.add(
        CaseEvent(case_id=case.id, user_id=user.id, kind=kind, detail=dict(detail or {}), reason=reason)
    )
