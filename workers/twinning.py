"""Looking for cases about the same event: the candidates from the database, the judgement from the engine."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.conclusions import Conclusion
from app.models import Act, Case
from workers.triage.twins import Candidate, similar

TWIN_DAYS = timedelta(days=30)
TWIN_CANDIDATES = 300


def likely_twins(session: Session, case: Case) -> list[Conclusion]:
    """Cases of the same region within thirty days whose text is alike, for a person to decide on."""
    others = _neighbours(session, case)
    codes = _violation_codes(session, [other.id for other in others])
    candidates = [
        Candidate(
            case_id=str(other.id),
            text=other.anonymised_text,
            region=other.region_code,
            occurred_from=other.occurred_from,
            violations=frozenset(codes.get(other.id, set())),
        )
        for other in others
    ]
    found = similar(case.anonymised_text, candidates)
    return [Conclusion(str(twin.kind), twin.value, round(twin.confidence, 3), twin.rule) for twin in found]


def _neighbours(session: Session, case: Case) -> Sequence[Case]:
    around = Case.received_at.between(case.received_at - TWIN_DAYS, case.received_at + TWIN_DAYS)
    return session.scalars(
        select(Case)
        .where(Case.region_code == case.region_code, Case.id != case.id, Case.is_withdrawn.is_(False), around)
        .order_by(Case.received_at.desc())
        .limit(TWIN_CANDIDATES)
    ).all()


def _violation_codes(session: Session, case_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, set[str]]:
    codes: dict[uuid.UUID, set[str]] = {}
    for case_id, code in session.execute(
        select(Act.case_id, Act.violation_code).where(Act.case_id.in_(case_ids))
    ):
        codes.setdefault(case_id, set()).add(code)
    return codes
