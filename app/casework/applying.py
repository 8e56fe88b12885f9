"""What the machine concluded, brought into a case's own columns; what a person decided stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Act, Case, Finding

SURE_ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Conclusion:
    """One finding as the workers hand it over.

    `evidence` is [start, end] pairs in the anonymised text, `explanation` one sentence a language.
    """

    kind: str
    value: Mapping[str, Any]
    confidence: float
    rule: str
    evidence: Sequence[Sequence[int]] = ()
    explanation: Mapping[str, str] = field(default_factory=dict)


def apply(
    session: Session, case: Case, conclusions: Sequence[Conclusion], *, only_missing: bool = False
) -> None:
    """Bring the case's own columns up to what the machine concluded, except where a person decided."""
    decided = set(
        session.scalars(
            select(Finding.kind).where(Finding.case_id == case.id, Finding.decided_by_id.is_not(None))
        )
    )
    _apply_violations(session, case, conclusions, only_missing=only_missing)
    best: dict[str, Conclusion] = {}
    for conclusion in conclusions:
        best.setdefault(conclusion.kind, conclusion)
    if "place" in best and "place" not in decided and not (only_missing and case.region_code):
        _apply_place(case, best["place"].value)
    if "occurred" in best and "occurred" not in decided and not (only_missing and case.occurred_from):
        _apply_date(case, best["occurred"].value)
    if "urgency" in best and "urgency" not in decided:
        level = int(best["urgency"].value["level"])
        case.urgency = max(case.urgency, level) if only_missing else level


def _apply_violations(
    session: Session, case: Case, conclusions: Sequence[Conclusion], *, only_missing: bool
) -> None:
    """Machine acts are replaced by the newest conclusions; acts that a person set, recorded or took away stay so."""
    session.flush()
    session.expire(case, ["acts"])
    if not only_missing:
        case.acts = [act for act in case.acts if act.is_human or act.is_recorded]
        session.flush()
    there = set(session.scalars(select(Act.violation_code).where(Act.case_id == case.id)))  # removed ones too
    for conclusion in conclusions:
        code = str(conclusion.value.get("code", ""))
        if conclusion.kind != "violation" or code in there | {"none"} or conclusion.confidence < SURE_ENOUGH:
            continue
        is_main = not any(act.is_main for act in case.acts)
        case.acts.append(Act(violation_code=code, confidence=conclusion.confidence, is_main=is_main))
        there.add(code)


def _apply_place(case: Case, value: Mapping[str, Any]) -> None:
    case.region_code, case.cercle_code = value.get("region_code"), value.get("cercle_code")
    case.place_name = value.get("name")
    case.latitude, case.longitude = value.get("lat"), value.get("lon")


def _apply_date(case: Case, value: Mapping[str, Any]) -> None:
    case.occurred_from = date.fromisoformat(value["from"])
    case.occurred_to = date.fromisoformat(value["to"])
    case.occurred_precision = value["precision"]
