"""The record of a case as its page shows it to one person."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.casework.finding_views import value_text
from app.casework.nature import nature_of
from app.casework.proposals import proposed_persons
from app.casework.record_words import NATURES, NATURES_WHY, person_facts, person_title, record_word
from app.casework.recording import Part
from app.casework.settling import standing
from app.casework.tokens import tokens_in
from app.casework.visibility import readable_cases
from app.casework.wording import violation_label
from app.models import Act, Case, CaseLink, Finding, Involvement, Person, User


@dataclass(frozen=True, slots=True)
class InvolvementView:
    """What a person was, in which act (None: the whole case)."""

    involvement: Involvement
    act: Act | None


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person or group, what is known of them, and their parts."""

    person: Person
    title: str
    facts: Sequence[str]
    involvements: Sequence[InvolvementView]


@dataclass(frozen=True, slots=True)
class LinkView:
    """Another case that this one is linked to, and how, seen from here."""

    link: CaseLink
    other: Case
    words: str


@dataclass(frozen=True, slots=True)
class ProposalView:
    """What the machine found that may be put on record in one click."""

    finding: Finding
    text: str


@dataclass(frozen=True, slots=True)
class RemovedView:
    """A part that was taken away and may be put back."""

    part: Part
    part_id: uuid.UUID
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordView:
    """Acts, persons and links of a case. `nature` says whether its acts are violations or abuses, and why."""

    nature: str
    nature_why: str
    acts: Sequence[Act]
    persons: Sequence[PersonView]
    proposals: Sequence[ProposalView]
    links: Sequence[LinkView]
    linkable: Sequence[Case]
    removed: Sequence[RemovedView]
    tokens: Sequence[str]

    @property
    def act_options(self) -> list[tuple[str, str]]:
        """The acts as entries of a list to choose from, numbered where there are several of a kind."""
        return [(str(act.id), f"{number}. {violation_label(act.violation_code)}")
                for number, act in enumerate(self.acts, start=1)]  # fmt: skip


def record_view(session: Session, user: User, case: Case) -> RecordView:
    """Read the record of a case whose account this person may read."""
    acts = sorted(case.acts, key=lambda act: (not act.is_main, act.violation_code, str(act.id)))
    all_persons = select(Person).where(Person.case_id == case.id)
    all_parts = select(Involvement).where(Involvement.case_id == case.id)
    persons = list(session.scalars(all_persons.order_by(Person.created_at, Person.id)))
    involvements = list(session.scalars(all_parts.order_by(Involvement.created_at)))
    links = _links(session, user, case)
    nature = nature_of(session, case)
    linked = {link.other.id for link in links if link.link.removed_at is None}
    return RecordView(
        nature=str(NATURES[nature]),
        nature_why=str(NATURES_WHY[nature]),
        acts=acts,
        persons=[_person(each, involvements, acts) for each in persons if each.removed_at is None],
        proposals=[_proposal(each) for each in proposed_persons(session, case)],
        links=[link for link in links if link.link.removed_at is None],
        linkable=_linkable(session, user, case, linked),
        removed=_removed(session, case, persons, involvements, links),
        tokens=tokens_in(case.anonymised_text),
    )


def _person(person: Person, involvements: Iterable[Involvement], acts: Sequence[Act]) -> PersonView:
    """An involvement in an act that was taken away waits for the act to be put back."""
    by_id = {act.id: act for act in acts}
    own = [
        InvolvementView(each, by_id.get(each.act_id) if each.act_id else None)
        for each in involvements
        if each.person_id == person.id
        and each.removed_at is None
        and (each.act_id is None or each.act_id in by_id)
    ]
    return PersonView(person, person_title(person), person_facts(person), own)


def _proposal(finding: Finding) -> ProposalView:
    return ProposalView(finding, value_text(finding.kind, finding.current_value))


def _links(session: Session, user: User, case: Case) -> list[LinkView]:
    """Links at either end, to cases this person may read: of others they don't even learn that there is one."""
    mine = or_(CaseLink.case_id == case.id, CaseLink.other_id == case.id)
    links = list(session.scalars(select(CaseLink).where(mine).order_by(CaseLink.created_at)))
    ends = {link.other_id if link.case_id == case.id else link.case_id for link in links}
    cases = {each.id: each for each in session.scalars(readable_cases(user).where(Case.id.in_(ends)))}
    views = (_link(link, case, cases) for link in links)
    return [view for view in views if view is not None]


def _link(link: CaseLink, case: Case, cases: dict[uuid.UUID, Case]) -> LinkView | None:
    is_forward = link.case_id == case.id
    other = cases.get(link.other_id if is_forward else link.case_id)
    words = record_word(link.kind, "link" if is_forward else "inverse_link")
    return LinkView(link, other, words) if other else None


def _linkable(session: Session, user: User, case: Case, linked: set[uuid.UUID]) -> list[Case]:
    """Cases that the machine proposes as the same event, to choose from."""
    ids = {uuid.UUID(str(finding.value["case_id"])) for finding in standing(case, "twin")} - linked
    if not ids:
        return []
    return list(session.scalars(readable_cases(user).where(Case.id.in_(ids)).order_by(Case.number)))


def _removed(
    session: Session,
    case: Case,
    persons: Iterable[Person],
    involvements: Iterable[Involvement],
    links: Iterable[LinkView],
) -> list[RemovedView]:
    """What was taken away, the latest first."""
    gone = session.scalars(select(Act).where(Act.case_id == case.id, Act.removed_at.is_not(None)))
    titles = {person.id: person_title(person) for person in persons}
    parts: list[tuple[Part, Person | Involvement | Act | CaseLink, str]] = [
        *((Part.ACT, act, violation_label(act.violation_code)) for act in gone),
        *((Part.PERSON, person, titles[person.id]) for person in persons),
        *((Part.INVOLVEMENT, each, _part_words(each, titles)) for each in involvements),
        *((Part.LINK, view.link, f"{view.words} {view.other.reference}") for view in links),
    ]
    found = [RemovedView(part, row.id, text, row.removed_at) for part, row, text in parts if row.removed_at]
    return sorted(found, key=lambda view: view.at, reverse=True)


def _part_words(involvement: Involvement, titles: dict[uuid.UUID, str]) -> str:
    return f"{titles[involvement.person_id]} · {record_word(involvement.role, 'role')}"
