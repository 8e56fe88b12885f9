"""Violation or abuse: what an act is called follows from who is said to have done it, never from what was done."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.casework.settling import standing
from app.models import Case, Involvement, InvolvementRole, Person
from app.reference.taxonomy import actor_categories

STATE, NON_STATE, UNKNOWN = "state", "non_state", "unknown"


class Nature(StrEnum):
    """A violation is by the State or with its acquiescence, an abuse (*atteinte*) by others."""

    VIOLATION = "violation"
    ABUSE = "abuse"
    BOTH = "both"
    OPEN = "open"  # nobody knows by whom


def nature_of(session: Session, case: Case) -> Nature:
    """What the acts of a case are to be called: by the alleged authors on record, else by the findings about authors
    that nobody rejected.
    """
    recorded = [_author_nature(person) for person in _alleged_authors(session, case)]
    found = [
        _category_nature(str(finding.current_value.get("category", "")))
        for finding in standing(case, "actor")
    ]
    return _together(recorded or found)


def _together(natures: Iterable[str]) -> Nature:
    """Unknown authors beside known ones change nothing."""
    known = set(natures) - {UNKNOWN}
    if known == {STATE, NON_STATE}:
        return Nature.BOTH
    if known:
        return Nature.VIOLATION if known == {STATE} else Nature.ABUSE
    return Nature.OPEN


def _author_nature(person: Person) -> str:
    return STATE if person.has_acquiescence else _category_nature(person.actor_category)


def _category_nature(code: str) -> str:
    category = actor_categories().get(code)
    return category.nature if category else UNKNOWN


def _alleged_authors(session: Session, case: Case) -> list[Person]:
    accused = exists().where(
        Involvement.person_id == Person.id,
        Involvement.role == InvolvementRole.ALLEGED_PERPETRATOR,
        Involvement.removed_at.is_(None),
    )
    statement = select(Person).where(Person.case_id == case.id, Person.removed_at.is_(None), accused)
    return list(session.scalars(statement))
