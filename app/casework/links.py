"""Cases that belong together: one precedes, causes or is part of another."""

from __future__ import annotations

import re
import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework import history
from app.casework.errors import CaseworkError
from app.casework.history import EventKind
from app.casework.recording import Part, note, recordable_case
from app.casework.visibility import readable_cases
from app.models import Case, CaseLink, LinkKind, User

_REFERENCE = re.compile(r"\s*(?:S\s*-?\s*)?0*(\d{1,9})\s*", re.IGNORECASE)
LONGEST_CHAIN = 500  # cases looked through for a circle


def add_link(
    session: Session, user: User, case_id: uuid.UUID, reference: str, kind: LinkKind, *, is_inverse: bool
) -> CaseLink:
    """Link a case to another that this person may see, by its reference (`S-000123`); `is_inverse` turns it round.

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `case_unknown`, `link_itself`, `linked_already`,
    `link_circular`.
    """
    case = recordable_case(session, user, case_id)
    other = _other(session, user, reference)
    first, second = (other, case) if is_inverse else (case, other)
    link = CaseLink(id=uuid.uuid4(), case_id=first.id, other_id=second.id, kind=kind, created_by_id=user.id)
    check_link(session, link)
    session.add(link)
    session.flush()
    note(session, user, case, EventKind.RECORD_ADDED, Part.LINK, link.id)
    tell_other(session, user, other, EventKind.RECORD_ADDED, link)
    return link


def tell_other(session: Session, user: User, other: Case, kind: EventKind, link: CaseLink) -> None:
    """A line in the history of the case at the other end."""
    history.tell(session, user, other, kind, detail={"part": str(Part.LINK), "part_id": str(link.id)})


def check_link(session: Session, link: CaseLink) -> None:
    """Raises CaseworkError where a case would be linked to itself, twice to the same, or round in a circle."""
    if link.case_id == link.other_id:
        raise CaseworkError("link_itself")
    with session.no_autoflush:
        if link.other_id in _reached(session, link.case_id, link.kind):
            raise CaseworkError("linked_already")
        if _leads_to(session, link.other_id, link.case_id, link.kind):
            raise CaseworkError("link_circular")


def _other(session: Session, user: User, reference: str) -> Case:
    found = _REFERENCE.fullmatch(reference)
    case = (
        session.scalar(readable_cases(user).where(Case.number == int(found[1]), Case.is_withdrawn.is_(False)))
        if found
        else None
    )
    if case is None:
        raise CaseworkError("case_unknown")
    return case


def _reached(session: Session, case_id: uuid.UUID, kind: str) -> set[uuid.UUID]:
    statement = select(CaseLink.other_id).where(
        CaseLink.case_id == case_id, CaseLink.kind == kind, CaseLink.removed_at.is_(None)
    )
    return set(session.scalars(statement))


def _leads_to(session: Session, start: uuid.UUID, goal: uuid.UUID, kind: str) -> bool:
    """Whether links of one kind lead from a case to another. Gives up (yes) after very many: unsure is refused."""
    seen: set[uuid.UUID] = set()
    waiting = [start]
    while waiting:
        current = waiting.pop()
        if current == goal or len(seen) > LONGEST_CHAIN:
            return True
        if current not in seen:
            seen.add(current)
            waiting.extend(_reached(session, current, kind))
    return False
