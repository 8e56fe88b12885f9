"""Bringing a case's own columns and acts into line with its findings after a person decided on one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import object_session

from app.casework.conclusions import SURE_ENOUGH
from app.models import Act, Case, Finding, FindingState

NO_VIOLATION = "none"
_DECIDED = (FindingState.ACCEPTED, FindingState.CORRECTED)


def settle(case: Case, kind: str, replaced: str | None = None) -> None:
    """Make the case say what its findings of one kind say now; what people decided wins over the machine.

    `replaced` is the violation that a finding stood for until now.
    """
    if kind == "violation":
        _settle_acts(case, replaced)
    elif settler := _SETTLERS.get(kind):
        settler(case)


def standing(case: Case, kind: str) -> list[Finding]:
    """The findings of a kind that nobody rejected: decided ones first, the latest before others."""
    kept = [found for found in case.findings if found.kind == kind and found.state != FindingState.REJECTED]
    decided = [found for found in kept if found.state in _DECIDED and found.decided_at is not None]
    decided.sort(key=lambda found: found.decided_at.timestamp() if found.decided_at else 0.0, reverse=True)
    proposed = [found for found in kept if found not in decided]
    return decided + sorted(proposed, key=lambda found: (found.created_at, found.position))


def _settle_acts(case: Case, replaced: str | None) -> None:
    """One act for each violation a finding stands for, and no act that only a rejected one stood for."""
    wanted = {code: found for found in reversed(standing(case, "violation")) if (code := _act_code(found))}
    judged = {found.current_value.get("code") for found in case.findings if found.kind == "violation"}
    for act in list(case.acts):
        is_stood_for = act.is_recorded or act.violation_code in wanted
        if not is_stood_for and act.violation_code in judged | {replaced}:
            case.acts.remove(act)
    for code, finding in wanted.items():
        _stand_for(case, code, finding)
    choose_main(case)


def _act_code(finding: Finding) -> str | None:
    """The violation a finding makes an act of; none for "no incident" and for what the machine only suspects."""
    code = str(finding.current_value.get("code", NO_VIOLATION))
    is_firm = finding.state in _DECIDED or finding.confidence >= SURE_ENOUGH
    return code if is_firm and code != NO_VIOLATION else None


def _stand_for(case: Case, code: str, finding: Finding) -> None:
    act = next((act for act in case.acts if act.violation_code == code), None)
    if act is None:
        act = _taken_away(case, code)
        if act is not None and finding.state not in _DECIDED:
            return  # a person took it away: only a person's decision brings it back
        act = act or Act(violation_code=code, is_main=False)
        act.removed_at = None
        case.acts.append(act)
    act.is_human = finding.state in _DECIDED
    act.confidence = 1.0 if act.is_human else finding.confidence


def _taken_away(case: Case, code: str) -> Act | None:
    session = object_session(case)
    gone = select(Act).where(Act.case_id == case.id, Act.violation_code == code, Act.removed_at.is_not(None))
    return session.scalars(gone.limit(1)).first() if session else None


def choose_main(case: Case) -> None:
    """Exactly one main act: the one it was, else the most certain."""
    if case.acts and not any(act.is_main for act in case.acts):
        max(case.acts, key=lambda act: (act.is_human, act.confidence)).is_main = True


def _settle_place(case: Case) -> None:
    best = next(iter(standing(case, "place")), None)
    value = best.current_value if best else {}
    case.region_code, case.cercle_code = value.get("region_code"), value.get("cercle_code")
    case.place_name = value.get("name")
    case.latitude, case.longitude = value.get("lat"), value.get("lon")


def _settle_date(case: Case) -> None:
    best = next(iter(standing(case, "occurred")), None)
    value = best.current_value if best else {}
    case.occurred_from = date.fromisoformat(value["from"]) if value else None
    case.occurred_to = date.fromisoformat(value["to"]) if value else None
    case.occurred_precision = value.get("precision")


def _settle_urgency(case: Case) -> None:
    """A person's level; else the highest that a machine proposed: unsure rounds up."""
    found = standing(case, "urgency")
    if not found:
        return
    if found[0].state in _DECIDED:
        case.urgency = int(found[0].current_value["level"])
    else:
        case.urgency = max(int(each.value["level"]) for each in found)


def _settle_language(case: Case) -> None:
    best = next(iter(standing(case, "language")), None)
    case.language = str(best.current_value["language"]) if best else "und"


_SETTLERS: Mapping[str, Callable[[Case], None]] = {
    "place": _settle_place,
    "occurred": _settle_date,
    "urgency": _settle_urgency,
    "language": _settle_language,
}
