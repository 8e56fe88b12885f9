"""The acts of a case as people record them: what was done, where and when if not as the case says, and how."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.casework.corrections import checked
from app.casework.errors import CaseworkError
from app.casework.history import EventKind
from app.casework.plain_words import check_words
from app.casework.recording import Part, check_code, note, part_of, recordable_case
from app.models import Act, Case, User

LONGEST_METHOD = 1000


@dataclass(frozen=True, slots=True)
class ActDescription:
    """What is said of an act. Days (ISO) and place are empty where they are the case's; `method` names nobody."""

    violation: str
    state: str = "alleged"
    date_from: str = ""
    date_to: str = ""
    region: str = ""
    cercle: str = ""
    method: str = ""
    is_main: bool = False
    is_plain: bool = False  # a person said that the method identifies nobody


def add_act(session: Session, user: User, case_id: uuid.UUID, said: ActDescription) -> Act:
    """Record one more act; several of the same kind may have happened.

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `violation_unknown`, `choose`, `looks_identifying`,
    `text_long`, and what is wrong with a date or a place.
    """
    case = recordable_case(session, user, case_id)
    act = Act(id=uuid.uuid4(), violation_code="", is_main=not case.acts)
    _describe(case, act, said)
    case.acts.append(act)
    session.flush()
    note(session, user, case, EventKind.RECORD_ADDED, Part.ACT, act.id)
    return act


def change_act(
    session: Session, user: User, case_id: uuid.UUID, act_id: uuid.UUID, said: ActDescription
) -> Act:
    """Say it otherwise. Raises as `add_act` does."""
    case = recordable_case(session, user, case_id)
    act = part_of(session, case, Act, act_id)
    _describe(case, act, said)
    note(session, user, case, EventKind.RECORD_CHANGED, Part.ACT, act.id)
    return act


def _describe(case: Case, act: Act, said: ActDescription) -> None:
    """Write it all down; findings neither replace an act nor take it away from then on."""
    code = checked("violation", {"code": said.violation})["code"]
    if code != act.violation_code:
        act.violation_code, act.is_human, act.confidence = code, True, 1.0
    act.state, act.is_recorded, act.method = check_code("act_state", said.state), True, _method(said)
    act.occurred_from, act.occurred_to = _days(said)
    place = _place(said)
    act.region_code, act.cercle_code = place.get("region_code"), place.get("cercle_code")
    if said.is_main:
        for other in case.acts:
            other.is_main = False
        act.is_main = True


def _method(said: ActDescription) -> str:
    if len(said.method) > LONGEST_METHOD:
        raise CaseworkError("method_long")
    check_words(said.method, is_confirmed=said.is_plain)
    return said.method


def _days(said: ActDescription) -> tuple[date | None, date | None]:
    if not (said.date_from or said.date_to):
        return None, None
    value = checked("occurred", {"from": said.date_from, "to": said.date_to})
    return date.fromisoformat(value["from"]), date.fromisoformat(value["to"])


def _place(said: ActDescription) -> dict[str, Any]:
    if not (said.region or said.cercle):
        return {}
    return checked("place", {"region_code": said.region, "cercle_code": said.cercle})
