"""Asking the routing engine about a case: the tables as it takes them, its answer as casework takes it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.conclusions import RuleMatch
from app.models import Case, Organisation, RoutingRule
from app.reference.taxonomy import possible_authors
from workers import contracts
from workers.contracts import FindingKind, RoutableCase, RoutableOrganisation
from workers.routing import route


def matching_rules(session: Session, case: Case, findings: Iterable[contracts.Finding]) -> list[RuleMatch]:
    """The organisations that the active rules ask for, and why."""
    rules = session.scalars(select(RoutingRule).where(RoutingRule.is_active)).unique().all()
    organisations = session.scalars(select(Organisation)).all()
    proposed = route(
        _routable(case, findings),
        [_rule(rule) for rule in rules],
        [_organisation(organisation) for organisation in organisations],
    )
    names = {str(rule.id): rule.name for rule in rules}
    return [
        RuleMatch(
            uuid.UUID(referral.organisation_id),
            [names[rule_id] for rule_id in referral.rule_ids],
            referral.deadline_hours,
        )
        for referral in proposed
    ]


def _routable(case: Case, findings: Iterable[contracts.Finding]) -> RoutableCase:
    findings = list(findings)
    place = next((finding for finding in findings if finding.kind is FindingKind.PLACE), None)
    return RoutableCase(
        violations={act.violation_code: act.confidence for act in case.acts},
        region=case.region_code,
        cercle=case.cercle_code,
        place_confidence=place.confidence if place else 0.0,
        urgency=case.urgency,
        actors=[str(found.value["code"]) for found in findings if found.kind is FindingKind.ACTOR],
    )


def _rule(rule: RoutingRule) -> contracts.RoutingRule:
    return contracts.RoutingRule(
        id=str(rule.id),
        name=rule.name,
        organisation_id=str(rule.organisation_id),
        violations=frozenset(rule.violations),
        regions=frozenset(rule.region_codes),
        actors=frozenset(rule.actors),
        minimum_urgency=rule.minimum_urgency,
        minimum_confidence=rule.minimum_confidence,
        deadline_hours=rule.deadline_hours,
    )


def _organisation(organisation: Organisation) -> RoutableOrganisation:
    names = {organisation.name, organisation.acronym} - {""}
    return RoutableOrganisation(
        id=str(organisation.id),
        is_active=organisation.is_active,
        conflict_actors=possible_authors(organisation.conflict_actors),
        names=frozenset(names),
    )
