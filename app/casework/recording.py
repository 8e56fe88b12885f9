"""What all changes of a case's record have in common: who may make them, which parts there are, and what is noted."""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import TypeVar

from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.casework import history
from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.casework.history import EventKind
from app.casework.visibility import may_read_text, workable_case
from app.models import Act, Case, CaseLink, Involvement, Person, User
from app.reference.record import vocabulary


class Part(StrEnum):
    """What a record is made of."""

    PERSON = "person"
    INVOLVEMENT = "involvement"
    ACT = "act"
    LINK = "link"


Recorded = Person | Involvement | Act | CaseLink
_Kind = TypeVar("_Kind", Person, Involvement, Act, CaseLink)


def recordable_case(session: Session, user: User, case_id: uuid.UUID) -> Case:
    """A case whose record this person may change: one that they work on and whose account they may read.

    Raises CaseworkError: `not_found`, `forbidden` or `withdrawn`.
    """
    case = workable_case(session, user, case_id, Permission.WORK_ON_CASES)
    if not may_read_text(user, case):
        raise CaseworkError(FORBIDDEN)
    return case


def part_of(
    session: Session, case: Case, table: type[_Kind], part_id: uuid.UUID, *, is_removed: bool = False
) -> _Kind:
    """A part of this case's record that is there (or was removed). Raises CaseworkError("not_found") for any other."""
    found = session.get(table, part_id)
    if found is None or found.case_id != case.id or (found.removed_at is not None) is not is_removed:
        raise CaseworkError(NOT_FOUND)
    return found


def note(session: Session, user: User, case: Case, kind: EventKind, part: Part, part_id: uuid.UUID) -> None:
    """A line of the history and of the audit chain: which part, and nothing of what it says."""
    history.write(session, user, case, kind, detail={"part": str(part), "part_id": str(part_id)})


def check_code(name: str, code: str) -> str:
    """The code, if the vocabulary has it. Raises CaseworkError("choose")."""
    if code not in vocabulary(name):
        raise CaseworkError("choose")
    return code
