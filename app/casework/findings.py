"""Decisions on what the machine concluded, and conclusions that people add."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.casework import history
from app.casework.corrections import checked
from app.casework.errors import NOT_FOUND, CaseworkError
from app.casework.history import EventKind
from app.casework.settling import settle
from app.casework.visibility import workable_case
from app.clock import utcnow
from app.models import Case, Finding, FindingState, User

BY_A_PERSON = "person"  # the rule of a finding that no machine made


def decide_finding(
    session: Session,
    user: User,
    finding_id: uuid.UUID,
    *,
    decision: FindingState,
    corrected_value: Mapping[str, Any] | None = None,
) -> Finding:
    """Accept, reject or correct a finding, or take the decision back (`proposed`); the case follows.

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `urgency_needs_value`, or what is wrong with a value.
    """
    finding = session.get(Finding, finding_id)
    if finding is None:
        raise CaseworkError(NOT_FOUND)
    case = workable_case(session, user, finding.case_id, Permission.WORK_ON_CASES)
    if finding.kind == "urgency" and decision is FindingState.REJECTED and finding.rule != BY_A_PERSON:
        raise CaseworkError("urgency_needs_value")
    is_correction = decision is FindingState.CORRECTED
    value = checked(finding.kind, corrected_value) if is_correction else None
    _decide(session, user, case, finding, decision, value)
    return finding


def put_corrected(
    session: Session, user: User, case: Case, finding: Finding, value: Mapping[str, Any]
) -> None:
    """Put a complete value of our own (never one that was typed) in a finding's place; the case follows."""
    _decide(session, user, case, finding, FindingState.CORRECTED, value)


def _decide(
    session: Session,
    user: User,
    case: Case,
    finding: Finding,
    decision: FindingState,
    value: Mapping[str, Any] | None,
) -> None:
    before, replaced = finding.state, finding.current_value.get("code")
    _put(finding, user, decision, value)
    settle(case, finding.kind, replaced)
    detail = {"finding": str(finding.id), "kind": finding.kind, "from": before, "to": str(decision)}
    history.write(session, user, case, EventKind.FINDING_DECIDED, detail=detail)


def _put(
    finding: Finding, user: User, decision: FindingState, corrected_value: Mapping[str, Any] | None
) -> None:
    finding.corrected_value = None if corrected_value is None else dict(corrected_value)
    finding.state = decision
    is_decided = decision is not FindingState.PROPOSED
    finding.decided_by_id = user.id if is_decided else None
    finding.decided_at = utcnow() if is_decided else None


def add_violation(session: Session, user: User, case_id: uuid.UUID, code: str) -> Finding:
    """Add a violation that the machine did not see. Raises CaseworkError("violation_there") if it is there."""
    case = workable_case(session, user, case_id, Permission.WORK_ON_CASES)
    if any(act.violation_code == code for act in case.acts):
        raise CaseworkError("violation_there")
    return _add(session, user, case, "violation", {"code": code})


def add_finding(
    session: Session, user: User, case_id: uuid.UUID, kind: str, value: Mapping[str, Any]
) -> Finding:
    """State a place, a date or an urgency where the machine found none."""
    return _add(session, user, workable_case(session, user, case_id, Permission.WORK_ON_CASES), kind, value)


def _add(session: Session, user: User, case: Case, kind: str, value: Mapping[str, Any]) -> Finding:
    finding = Finding(
        id=uuid.uuid4(),
        kind=kind,
        value=checked(kind, value),
        confidence=1.0,
        rule=BY_A_PERSON,
        state=FindingState.ACCEPTED,
        position=max((found.position for found in case.findings), default=-1) + 1,
        decided_by_id=user.id,
        decided_at=utcnow(),
        created_at=utcnow(),
    )
    case.findings.append(finding)
    settle(case, kind)
    session.flush()
    detail = {"finding": str(finding.id), "kind": kind}
    history.write(session, user, case, EventKind.FINDING_ADDED, detail=detail)
    return finding
