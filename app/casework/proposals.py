"""What the machine found about victims and authors, and cases alike, offered to be put on record in one click."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.errors import NOT_FOUND, CaseworkError
from app.casework.findings import BY_A_PERSON, decide_finding
from app.casework.history import EventKind
from app.casework.involvements import Role, involve_in
from app.casework.recording import Part, note, recordable_case
from app.casework.settling import standing
from app.models import Act, Case, Finding, FindingState, InvolvementRole, Person, PersonKind, User
from app.models.persons import UNKNOWN
from app.reference.record import vocabulary
from app.reference.taxonomy import actor_categories

KINDS = {"victims": InvolvementRole.VICTIM, "actor": InvolvementRole.ALLEGED_PERPETRATOR}
_COUNT_OF = {"female": "women", "male": "men"}


def proposed_persons(session: Session, case: Case) -> list[Finding]:
    """The findings about victims and authors that nobody rejected and nobody put on record yet (or took away again)."""
    taken = set(session.scalars(select(Person.finding_id).where(Person.case_id == case.id)))
    found = [finding for kind in KINDS for finding in standing(case, kind)]
    return [each for each in found if each.id not in taken and each.rule != BY_A_PERSON]


def accept_proposal(session: Session, user: User, case_id: uuid.UUID, finding_id: uuid.UUID) -> Person:
    """Put on record whom a finding tells of, with a part in the main act; the finding is accepted with it.

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`.
    """
    case = recordable_case(session, user, case_id)
    finding = next((each for each in proposed_persons(session, case) if each.id == finding_id), None)
    if finding is None:
        raise CaseworkError(NOT_FOUND)
    person = person_from(case, finding.kind, finding.current_value)
    person.finding_id, person.created_by_id = finding.id, user.id
    session.add(person)
    session.flush()
    involve_in(session, case, person, Role(KINDS[finding.kind], _main_act(case), "possible"))
    if finding.state == FindingState.PROPOSED:
        decide_finding(session, user, finding.id, decision=FindingState.ACCEPTED)
    note(session, user, case, EventKind.RECORD_ADDED, Part.PERSON, person.id)
    return person


def person_from(case: Case, kind: str, value: Mapping[str, Any]) -> Person:
    """Whom a finding tells of, as far as it says; not yet in the session."""
    person = Person(id=uuid.uuid4(), case_id=case.id, characteristics=[], label="")
    (_as_author if kind == "actor" else _as_victims)(person, value)
    return person


def _as_author(person: Person, value: Mapping[str, Any]) -> None:
    category = str(value.get("category", ""))
    person.kind, person.state = PersonKind.GROUP, UNKNOWN
    person.actor_category = category if category in actor_categories() else ""
    person.actor_code = str(value.get("code", "")) if person.actor_category else ""


def _as_victims(person: Person, value: Mapping[str, Any]) -> None:
    count, sex, is_child = value.get("count"), str(value.get("sex") or UNKNOWN), bool(value.get("children"))
    status = str(value.get("status", ""))
    person.state = status if status in vocabulary("condition") else UNKNOWN
    person.kind = PersonKind.INDIVIDUAL if count == 1 else PersonKind.GROUP
    if count == 1:
        person.sex = sex if sex in vocabulary("sex") else UNKNOWN
        person.age_group = "minor" if is_child else UNKNOWN
    elif count:
        # "4 dead, 2 of them children" says neither how many girls nor how many boys: then nothing is known but the sum.
        known = None if is_child else _COUNT_OF.get(sex)
        setattr(person, known or "unknown", int(count))


def _main_act(case: Case) -> uuid.UUID | None:
    main: Act | None = next((act for act in case.acts if act.is_main), None)
    return main.id if main else None
