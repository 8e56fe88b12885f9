"""Who was what in which act, and how certain that is."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.errors import CaseworkError
from app.casework.history import EventKind
from app.casework.recording import Part, check_code, note, part_of, recordable_case
from app.models import Act, Case, Involvement, Person, User
from app.models.persons import UNKNOWN


@dataclass(frozen=True, slots=True)
class Role:
    """A role in an act, or (no act) in the whole case."""

    role: str
    act_id: uuid.UUID | None = None
    certainty: str = UNKNOWN


def involve(
    session: Session, user: User, case_id: uuid.UUID, person_id: uuid.UUID, said: Role
) -> Involvement:
    """Say what a person was in an act.

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `choose`, `involved_already`.
    """
    case = recordable_case(session, user, case_id)
    involvement = involve_in(session, case, part_of(session, case, Person, person_id), said)
    note(session, user, case, EventKind.RECORD_ADDED, Part.INVOLVEMENT, involvement.id)
    return involvement


def change_involvement(
    session: Session, user: User, case_id: uuid.UUID, involvement_id: uuid.UUID, said: Role
) -> Involvement:
    """Say it otherwise. Raises as `involve` does."""
    case = recordable_case(session, user, case_id)
    involvement = part_of(session, case, Involvement, involvement_id)
    _say(session, case, involvement, said)
    note(session, user, case, EventKind.RECORD_CHANGED, Part.INVOLVEMENT, involvement.id)
    return involvement


def involve_in(session: Session, case: Case, person: Person, said: Role) -> Involvement:
    """The involvement itself, in a case that was checked already."""
    involvement = Involvement(id=uuid.uuid4(), case_id=case.id, person_id=person.id)
    _say(session, case, involvement, said)
    session.add(involvement)
    session.flush()
    return involvement


def check_single(session: Session, involvement: Involvement) -> None:
    """Raises CaseworkError("involved_already") where the same person has this role in this act already."""
    same_act = (
        Involvement.act_id.is_(None)
        if involvement.act_id is None
        else Involvement.act_id == involvement.act_id
    )
    statement = select(Involvement.id).where(
        Involvement.person_id == involvement.person_id,
        Involvement.role == involvement.role,
        same_act,
        Involvement.removed_at.is_(None),
        Involvement.id != involvement.id,
    )
    with session.no_autoflush:
        if session.scalar(statement) is not None:
            raise CaseworkError("involved_already")


def _say(session: Session, case: Case, involvement: Involvement, said: Role) -> None:
    act = part_of(session, case, Act, said.act_id) if said.act_id else None
    if act is not None:
        act.is_recorded = True
    involvement.role = check_code("role", said.role)
    involvement.certainty = check_code("certainty", said.certainty)
    involvement.act_id = act.id if act else None
    check_single(session, involvement)
