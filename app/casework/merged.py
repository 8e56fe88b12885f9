"""Cases that went on in another one: found again by their address and their reference."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.visibility import visible_cases
from app.models import Case, CaseMerge, Report, User

_REFERENCE = re.compile(r"\s*(?:S\s*-?\s*)?0*([0-9]{1,9})\s*", re.IGNORECASE)


def goes_on_in(session: Session, user: User, case_id: uuid.UUID) -> Case | None:
    """The case that a merged one goes on in, as far as this person may see it; None for any other."""
    following = select(Case.merged_into_id).where(Case.id == case_id).scalar_subquery()
    return session.scalar(visible_cases(user).where(Case.id == following))


def by_reference(session: Session, user: User, reference: str) -> Case | None:
    """A case this person may see by what people call it (`S-000123`, or its number), or what it goes on in."""
    typed = _REFERENCE.fullmatch(reference)
    found = session.scalar(select(Case.id).where(Case.number == int(typed[1]))) if typed else None
    if found is None:
        return None
    return session.scalar(visible_cases(user).where(Case.id == found)) or goes_on_in(session, user, found)


def standing_merges(session: Session, case: Case) -> Sequence[CaseMerge]:
    """The merges into a case that nobody undid, the oldest first."""
    statement = select(CaseMerge).where(CaseMerge.into_id == case.id, CaseMerge.undone_at.is_(None))
    return session.scalars(statement.order_by(CaseMerge.merged_at)).all()


def reports_of(session: Session, merge: CaseMerge) -> list[uuid.UUID]:
    """The reports that a merge brought and that are still where it brought them."""
    brought = [
        uuid.UUID(each)
        for step in merge.moved.get("steps", ())
        if step["table"] == Report.__tablename__
        for each in step["ids"]
    ]
    there = select(Report.id).where(Report.id.in_(brought), Report.case_id == merge.into_id)
    return list(session.scalars(there))
