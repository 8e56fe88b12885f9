"""Counting the cases of a period in the database: plain numbers, before anything is hidden.

A case belongs to the period in which it was received; figures about what happened are of those that are verified by
now. Withdrawn and merged cases and spam count nowhere. All is counted by the database but the natures of authors, for
which one line a case and author is read (250,000 cases a quarter: some ten megabytes).
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, Subquery, exists, extract, func, select
from sqlalchemy.orm import Session

from app.casework.visibility import visible_cases
from app.current import current_settings
from app.exports.selection import ExportFilter, chosen_cases
from app.models import (
    SPAM,
    Act,
    Case,
    Finding,
    FindingState,
    Involvement,
    InvolvementRole,
    Organisation,
    Person,
    PersonKind,
    Referral,
    ReferralState,
    User,
    Verification,
)
from app.publications.periods import Period
from app.reference.taxonomy import actor_categories

UNKNOWN = "unknown"
_MINORS = frozenset({"child", "adolescent", "minor"})
_GROUPS = (("women", "female", "adult"), ("men", "male", "adult"), ("girls", "female", "minor"))
_MORE_GROUPS = (("boys", "male", "minor"), ("unknown", UNKNOWN, UNKNOWN))

Pairs = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted. `verified` and `received` are by month; pairs are (row, column)."""

    received: Mapping[str, int]
    verified: Mapping[str, int]
    places: Pairs  # (region, cercle), verified cases; "" where it isn't known
    violations: Pairs  # (region, kind of violation): a case once for each kind in it
    natures: Pairs  # (kind of violation, violation | abuse | both | open)
    authors: Mapping[str, int]  # by category; a case once for each category that is accused
    victims: Pairs  # (sex, minor | adult | unknown), people
    referrals: Pairs = field(default_factory=dict)  # (kind of organisation, state), referrals that were sent

    @property
    def verified_total(self) -> int:
        """How many verified cases there are."""
        return sum(self.verified.values())


def count(session: Session, period: Period, user: User | None = None) -> Counts:
    """Count a period as this person may know of cases; without one, all that the installation has."""
    received = received_cases(period, user)
    verified = verified_cases(period, user)
    ids = verified.with_only_columns(Case.id).subquery()
    return Counts(
        received=_by_month(session, received, period),
        verified=_by_month(session, verified, period),
        places=_places(session, verified),
        violations=_violations(session, verified),
        natures=_natures(session, ids),
        authors=_author_categories(session, ids),
        victims=_victims(session, ids),
        referrals=_referrals(session, ids),
    )


def received_cases(period: Period, user: User | None = None) -> Select[Case]:
    """The cases received within a period."""
    base = visible_cases(user) if user else select(Case).where(Case.merged_into_id.is_(None))
    if not current_settings().demonstration:
        base = base.where(Case.is_demonstration.is_(False))  # invented ones are nobody's figures
    return base.where(
        Case.received_at >= period.begins_at,
        Case.received_at < period.ends_at,
        Case.is_withdrawn.is_(False),
        Case.closed_as != SPAM,
    )


def verified_cases(period: Period, user: User | None = None) -> Select[Case]:
    """Those of them that are verified by now: for a person, the very cases that an export of these days holds."""
    if user:
        wanted = ExportFilter(period="received", first=period.first, last=period.last)
        return chosen_cases(user, wanted)
    return received_cases(period, user).where(Case.verification == Verification.VERIFIED)


def _by_month(session: Session, cases: Select[Case], period: Period) -> dict[str, int]:
    """Bamako keeps UTC all year, so a stored moment's month is Bamako's."""
    year, month = extract("year", Case.received_at), extract("month", Case.received_at)
    found = session.execute(cases.with_only_columns(year, month, func.count()).group_by(year, month))
    counted = {f"{int(y)}-{int(m):02d}": number for y, m, number in found}
    return {code: counted.get(code, 0) for code in period.month_codes}


def _places(session: Session, cases: Select[Case]) -> dict[tuple[str, str], int]:
    columns = (Case.region_code, Case.cercle_code)
    found = session.execute(cases.with_only_columns(*columns, func.count()).group_by(*columns))
    return {(region or "", cercle or ""): number for region, cercle, number in found}


def _violations(session: Session, cases: Select[Case]) -> dict[tuple[str, str], int]:
    statement = (
        cases.join(Act, Act.case_id == Case.id)
        .where(Act.removed_at.is_(None))
        .with_only_columns(Case.region_code, Act.violation_code, func.count(Act.case_id.distinct()))
        .group_by(Case.region_code, Act.violation_code)
    )
    return {(region or "", code): number for region, code, number in session.execute(statement)}


def _natures(session: Session, ids: Subquery) -> dict[tuple[str, str], int]:
    natures = _nature_by_case(session, ids)
    acts = (
        select(Act.case_id, Act.violation_code)
        .where(Act.case_id.in_(select(ids.c.id)), Act.removed_at.is_(None))
        .distinct()
    )
    return dict(Counter((code, natures.get(case, "open")) for case, code in session.execute(acts)))


def _nature_by_case(session: Session, ids: Subquery) -> dict[uuid.UUID, str]:
    """As app/casework/nature.py says it of one case: by the authors on record, else by those that were found."""
    known: dict[uuid.UUID, set[str]] = {}
    for case, nature in _accused(session, ids):
        known.setdefault(case, set()).add("state" if nature[1] else _nature(nature[0]))
    return {case: _together(natures) for case, natures in known.items()}


def _nature(category: str) -> str:
    found = actor_categories().get(category)
    return found.nature if found else UNKNOWN


def _together(natures: set[str]) -> str:
    match sorted(natures - {UNKNOWN}):
        case ["non_state", "state"]:
            return "both"
        case ["state"]:
            return "violation"
        case ["non_state"]:
            return "abuse"
        case _:
            return "open"


def _author_categories(session: Session, ids: Subquery) -> dict[str, int]:
    accused = {(case, category) for case, (category, _) in _accused(session, ids) if category}
    return dict(Counter(category for _, category in accused))


def _accused(session: Session, ids: Subquery) -> list[tuple[uuid.UUID, tuple[str, bool]]]:
    """Each case with the category of somebody accused in it, and whether the State acquiesced."""
    recorded = session.execute(_recorded_authors(ids)).all()
    with_record = {case for case, _, _ in recorded}
    found = session.execute(_found_authors(ids)).all()
    return [(case, (category, acquiesced)) for case, category, acquiesced in recorded] + [
        (case, (str(category or ""), False)) for case, category in found if case not in with_record
    ]


def _recorded_authors(ids: Subquery) -> Select[uuid.UUID, str, bool]:
    accused = exists().where(
        Involvement.person_id == Person.id,
        Involvement.role == InvolvementRole.ALLEGED_PERPETRATOR,
        Involvement.removed_at.is_(None),
    )
    return (
        select(Person.case_id, Person.actor_category, Person.has_acquiescence)
        .where(Person.case_id.in_(select(ids.c.id)), Person.removed_at.is_(None), accused)
        .distinct()
    )


def _found_authors(ids: Subquery) -> Select[Any]:
    category = func.coalesce(
        Finding.corrected_value["category"].as_string(), Finding.value["category"].as_string()
    )
    return (
        select(Finding.case_id, category)
        .where(Finding.case_id.in_(select(ids.c.id)), Finding.kind == "actor")
        .where(Finding.state != FindingState.REJECTED)
        .distinct()
    )


def _victims(session: Session, ids: Subquery) -> dict[tuple[str, str], int]:
    """People said to be victims, each once; of a group as many as are known, which is why "at least" is lost."""
    victim = exists().where(
        Involvement.person_id == Person.id,
        Involvement.role == InvolvementRole.VICTIM,
        Involvement.removed_at.is_(None),
    )
    people = (Person.case_id.in_(select(ids.c.id)), Person.removed_at.is_(None), victim)
    counted = _single_victims(session, people)
    names = (*_GROUPS, *_MORE_GROUPS)
    sums = (func.coalesce(func.sum(getattr(Person, name)), 0) for name, _, _ in names)
    group = session.execute(select(*sums).where(*people, Person.kind == PersonKind.GROUP)).one()
    for (_, sex, age), number in zip(names, group, strict=True):
        counted[sex, age] += int(number)
    return dict(counted)


def _single_victims(session: Session, people: tuple[Any, ...]) -> Counter[tuple[str, str]]:
    counted: Counter[tuple[str, str]] = Counter()
    columns = (Person.sex, Person.age_group)
    single = select(*columns, func.count()).where(*people, Person.kind == PersonKind.INDIVIDUAL)
    for sex, age, number in session.execute(single.group_by(*columns)):
        counted[sex, UNKNOWN if age == UNKNOWN else "minor" if age in _MINORS else "adult"] += number
    return counted


def _referrals(session: Session, ids: Subquery) -> dict[tuple[str, str], int]:
    columns = (Organisation.kind, Referral.state)
    sent = (
        select(*columns, func.count())
        .join(Organisation, Organisation.id == Referral.organisation_id)
        .where(Referral.case_id.in_(select(ids.c.id)), Referral.state != ReferralState.PROPOSED)
        .group_by(*columns)
    )
    return {(kind, state): number for kind, state, number in session.execute(sent)}
