"""Persons and groups of a case: adding and changing them. They have no names here."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.casework.authors import state_author
from app.casework.counting import settle_counts
from app.casework.errors import CaseworkError
from app.casework.history import EventKind
from app.casework.involvements import Role, involve_in
from app.casework.plain_words import check_words
from app.casework.recording import Part, check_code, note, part_of, recordable_case
from app.models import Person, PersonKind, User
from app.models.persons import UNKNOWN
from app.reference.taxonomy import actor_categories

LONGEST_LABEL = 120


@dataclass(frozen=True, slots=True)
class Description:
    """What is said of a person or a group. `counts` and `total` are of a group, `actor` is a category of authors."""

    kind: PersonKind
    label: str = ""
    sex: str = UNKNOWN
    age_group: str = UNKNOWN
    state: str = UNKNOWN
    characteristics: Sequence[str] = ()
    counts: dict[str, int | None] = field(default_factory=dict)
    total: int | None = None
    is_at_least: bool = False
    actor: str = ""
    has_acquiescence: bool = False
    is_plain: bool = False  # a person said that the label identifies nobody


def add_person(
    session: Session, user: User, case_id: uuid.UUID, said: Description, involved: Role | None = None
) -> Person:
    """Put somebody on record, and what they were in which act.

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `looks_identifying`, `label_long`, `choose`,
    `counts_range`, `counts_sum`.
    """
    case = recordable_case(session, user, case_id)
    person = Person(id=uuid.uuid4(), case_id=case.id, created_by_id=user.id)
    _describe(person, said)
    session.add(person)
    session.flush()
    if person.actor_category:
        state_author(session, user, case, person)
    note(session, user, case, EventKind.RECORD_ADDED, Part.PERSON, person.id)
    if involved is not None:
        involve_in(session, case, person, involved)
    return person


def change_person(
    session: Session, user: User, case_id: uuid.UUID, person_id: uuid.UUID, said: Description
) -> Person:
    """Say it otherwise. Raises as `add_person` does."""
    case = recordable_case(session, user, case_id)
    person = part_of(session, case, Person, person_id)
    before = person.actor_category
    _describe(person, said)
    if person.actor_category != before:
        state_author(session, user, case, person)
    note(session, user, case, EventKind.RECORD_CHANGED, Part.PERSON, person.id)
    return person


def _describe(person: Person, said: Description) -> None:
    """Everything that is said of a person; what belongs to the other kind is emptied."""
    person.kind, person.label = said.kind, _label(said)
    person.state = check_code("condition", said.state)
    person.characteristics = [
        check_code("characteristic", code) for code in dict.fromkeys(said.characteristics)
    ]
    is_one = said.kind is PersonKind.INDIVIDUAL
    person.sex = check_code("sex", said.sex) if is_one else UNKNOWN
    person.age_group = check_code("age_group", said.age_group) if is_one else UNKNOWN
    for name, count in settle_counts({} if is_one else said.counts, None if is_one else said.total).items():
        setattr(person, name, count)
    person.is_at_least = said.is_at_least and not is_one
    _accuse(person, said)


def _label(said: Description) -> str:
    label = " ".join(said.label.split())
    if len(label) > LONGEST_LABEL:
        raise CaseworkError("label_long")
    check_words(label, is_confirmed=said.is_plain)
    return label


def _accuse(person: Person, said: Description) -> None:
    """The category of authors; a finer code that the machine gave stays as long as the category does."""
    if said.actor and said.actor not in actor_categories():
        raise CaseworkError("choose")
    if said.actor != person.actor_category:
        person.actor_code = person.actor_category = said.actor
    person.has_acquiescence = bool(said.has_acquiescence and said.actor)
