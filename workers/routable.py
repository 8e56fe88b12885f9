"""Cases, rules and organisations as the routing engine takes them, read in a handful of statements however many."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import BAMAKO
from app.intake.consent import Consent, read
from app.models import (
    Act,
    Case,
    CaseConflict,
    Finding,
    FindingState,
    Organisation,
    OrganisationKind,
    Report,
    ReportState,
    Weekday,
)
from app.reference.taxonomy import meant_authors, possible_authors
from app.rules.content import RuleContent
from workers import contracts
from workers.contracts import FindingKind, RoutableCase, RoutableOrganisation

_DAYS = {str(day): number for number, day in enumerate(Weekday)}
_COLUMNS = (
    Case.id,
    Case.region_code,
    Case.cercle_code,
    Case.urgency,
    Case.is_withdrawn,
    Case.language,
    Case.channel,
    Case.received_at,
    Case.needs_person,
)


@dataclass(slots=True)
class _Concluded:
    """What belongs to one case beside its own columns."""

    violations: dict[str, float] = field(default_factory=dict)
    actors: list[str] = field(default_factory=list)
    place_confidence: float = 0.0
    consents: list[Consent] = field(default_factory=list)
    named: list[str] = field(default_factory=list)


def routable_cases(session: Session, case_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, RoutableCase]:
    """Cases by id as they stand now, with what people corrected. Ids that aren't there are left out."""
    known: dict[uuid.UUID, _Concluded] = defaultdict(_Concluded)
    for case_id, code, confidence in session.execute(
        select(Act.case_id, Act.violation_code, Act.confidence).where(
            Act.case_id.in_(case_ids), Act.removed_at.is_(None)
        )
    ):
        known[case_id].violations[code] = confidence
    _read_findings(session, case_ids, known)
    _read_consents(session, case_ids, known)
    _read_conflicts(session, case_ids, known)
    rows = session.execute(select(*_COLUMNS).where(Case.id.in_(case_ids)))
    return {row.id: _routable(row, known[row.id]) for row in rows}


def _read_findings(
    session: Session, case_ids: Collection[uuid.UUID], known: Mapping[uuid.UUID, _Concluded]
) -> None:
    """Actors that nobody rejected, and how sure the place is: entirely where a person decided."""
    found = session.execute(
        select(
            Finding.case_id,
            Finding.kind,
            Finding.value,
            Finding.corrected_value,
            Finding.confidence,
            Finding.decided_by_id,
        ).where(
            Finding.case_id.in_(case_ids),
            Finding.kind.in_((FindingKind.ACTOR, FindingKind.PLACE)),
            Finding.state != FindingState.REJECTED,
        )
    )
    for row in found:
        concluded = known[row.case_id]
        if row.kind == FindingKind.ACTOR:
            concluded.actors.append(str((row.corrected_value or row.value).get("code", "")))
        else:
            sure = 1.0 if row.decided_by_id else row.confidence
            concluded.place_confidence = max(concluded.place_confidence, sure)


def _read_consents(
    session: Session, case_ids: Collection[uuid.UUID], known: Mapping[uuid.UUID, _Concluded]
) -> None:
    rows = session.execute(
        select(Report.case_id, Report.consent).where(
            Report.case_id.in_(case_ids),
            Report.state != ReportState.WITHDRAWN,
            Report.consent.is_not(None),
        )
    )
    for case_id, record in rows:
        if case_id and (consent := read(record)):
            known[case_id].consents.append(consent)


def _read_conflicts(
    session: Session, case_ids: Collection[uuid.UUID], known: Mapping[uuid.UUID, _Concluded]
) -> None:
    rows = session.execute(
        select(CaseConflict.case_id, CaseConflict.organisation_id).where(
            CaseConflict.case_id.in_(case_ids),
            CaseConflict.organisation_id.is_not(None),
            CaseConflict.removed_at.is_(None),
        )
    )
    for case_id, organisation_id in rows:
        known[case_id].named.append(str(organisation_id))


def _routable(row: Any, concluded: _Concluded) -> RoutableCase:
    consents = concluded.consents
    return RoutableCase(
        violations=concluded.violations,
        region=row.region_code,
        cercle=row.cercle_code,
        place_confidence=concluded.place_confidence,
        urgency=row.urgency,
        actors=concluded.actors,
        named_organisations=concluded.named,
        may_share=not row.is_withdrawn,
        language=row.language,
        channel=row.channel,
        arrived_at=row.received_at.astimezone(BAMAKO),
        allowed_kinds=_allowed_by_all(consents),
        allows_identity=bool(consents) and all(consent.with_identity for consent in consents),
        needs_person=bool(row.needs_person),
    )


def _allowed_by_all(consents: Sequence[Consent]) -> frozenset[str] | None:
    if not consents:
        return None
    return frozenset(
        str(kind) for kind in OrganisationKind if all(consent.allows(kind) for consent in consents)
    )


def routable_rule(rule_id: str, content: RuleContent) -> contracts.RoutingRule:
    """A rule as the engine takes it; a category of authors stands for all who belong to it."""
    has_hours = content.from_hour is not None and content.until_hour is not None
    return contracts.RoutingRule(
        id=rule_id,
        name=content.name,
        organisation_id=str(content.organisation_id),
        violations=frozenset(content.violations),
        regions=frozenset(content.region_codes),
        cercles=frozenset(content.cercle_codes),
        actors=meant_authors(content.actors),
        minimum_urgency=content.minimum_urgency,
        minimum_confidence=content.minimum_confidence,
        deadline_hours=content.deadline_hours,
        languages=frozenset(content.languages),
        channels=frozenset(content.channels),
        days=frozenset(_DAYS[day] for day in content.days),
        hours=(content.from_hour or 0, content.until_hour or 0) if has_hours else None,
        consent=contracts.ConsentAsked(content.consent),
        disclosure=content.disclosure,
        sends_at_once=content.sends_at_once,
    )


def routable_organisations(organisations: Iterable[Organisation]) -> list[RoutableOrganisation]:
    """Organisations with the actor codes that may mean their own people."""
    return [
        RoutableOrganisation(
            id=str(each.id),
            is_active=each.is_active,
            conflict_actors=possible_authors(each.conflict_actors),
            names=frozenset({each.name, each.acronym, *each.names_in_reports} - {""}),
            kind=each.kind,
        )
        for each in organisations
    ]
