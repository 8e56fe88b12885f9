"""Alleged authors that a person put on record, kept among the findings too: routing, visibility and exports read those.

So an organisation that must not see a case which names its people doesn't see it when a person names them either.
"""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from app.casework.findings import BY_A_PERSON
from app.clock import utcnow
from app.models import Case, Finding, FindingState, Person, User

ACTOR = "actor"


def state_author(session: Session, user: User, case: Case, person: Person) -> None:
    """Make the finding behind a person say whom it is accused of being. A machine's own finding stays as it was: a
    person's statement stands beside it.
    """
    finding = session.get(Finding, person.finding_id) if person.finding_id else None
    if finding is None or finding.kind != ACTOR or finding.rule != BY_A_PERSON:
        finding = _stated(session, case)
        person.finding_id = finding.id
    finding.value = {"code": person.actor_code, "category": person.actor_category, "name": ""}
    _decide(finding, user, is_standing=bool(person.actor_category) and person.removed_at is None)


def follow_removal(session: Session, user: User, person: Person) -> None:
    """Let a person's own statement stand or fall with the person; what a machine found isn't touched."""
    finding = session.get(Finding, person.finding_id) if person.finding_id else None
    if finding is not None and finding.kind == ACTOR and finding.rule == BY_A_PERSON:
        _decide(finding, user, is_standing=bool(person.actor_category) and person.removed_at is None)


def _stated(session: Session, case: Case) -> Finding:
    finding = Finding(
        id=uuid.uuid4(),
        kind=ACTOR,
        value={},
        confidence=1.0,
        rule=BY_A_PERSON,
        position=max((found.position for found in case.findings), default=-1) + 1,
    )
    case.findings.append(finding)
    session.flush()
    return finding


def _decide(finding: Finding, user: User, *, is_standing: bool) -> None:
    finding.state = FindingState.ACCEPTED if is_standing else FindingState.REJECTED
    finding.decided_by_id, finding.decided_at = user.id, utcnow()
