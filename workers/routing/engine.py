"""Proposes referrals. What is uncertain, not to be shared or in conflict of interest is left to a person."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from workers.contracts import ProposedReferral, RoutableCase, RoutableOrganisation, RoutingRule


@dataclass(frozen=True, slots=True)
class _Limits:
    least_place_confidence: float
    never_referred: frozenset[str]


@cache
def _limits() -> _Limits:
    source = resources.files("workers.vocabularies").joinpath("routing.toml").read_text(encoding="utf-8")
    data = tomllib.loads(source)
    return _Limits(data["least_place_confidence"], frozenset(data["never_referred"]))


def route(
    case: RoutableCase, rules: Sequence[RoutingRule], organisations: Sequence[RoutableOrganisation]
) -> list[ProposedReferral]:
    """One proposed referral for each organisation that rules ask for, soonest deadline first, then by organisation.

    None if the case may not be shared. An organisation is left out if it isn't active, if an actor of the case is one
    it must never be sent, or if the report names the organisation itself.
    """
    if not case.may_share:
        return []
    trusted = {organisation.id for organisation in organisations if _may_receive(organisation, case)}
    asked: dict[str, list[RoutingRule]] = {}
    for rule in sorted(rules, key=lambda rule: rule.id):
        if rule.organisation_id in trusted and _fires(rule, case):
            asked.setdefault(rule.organisation_id, []).append(rule)
    proposed = [_referral(organisation, own, case) for organisation, own in asked.items()]
    return sorted(proposed, key=lambda referral: (referral.deadline_hours, referral.organisation_id))


def _may_receive(organisation: RoutableOrganisation, case: RoutableCase) -> bool:
    return (
        organisation.is_active
        and organisation.conflict_actors.isdisjoint(case.actors)
        and not _is_named(organisation, case)
    )


def _is_named(organisation: RoutableOrganisation, case: RoutableCase) -> bool:
    named = {name.casefold() for name in case.named_organisations}
    return any(name.casefold() in named for name in {organisation.id, *organisation.names})


def _fires(rule: RoutingRule, case: RoutableCase) -> bool:
    return (
        bool(_sure_violations(rule, case))
        and _is_in_region(rule, case)
        and (not rule.actors or not rule.actors.isdisjoint(case.actors))
        and case.urgency >= rule.minimum_urgency
    )


def _sure_violations(rule: RoutingRule, case: RoutableCase) -> Mapping[str, float]:
    """The violations of the case that the rule is about and that are sure enough for it."""
    return {
        code: confidence
        for code, confidence in case.violations.items()
        if code not in _limits().never_referred
        and (not rule.violations or code in rule.violations)
        and confidence >= rule.minimum_confidence
    }


def _is_in_region(rule: RoutingRule, case: RoutableCase) -> bool:
    if not rule.regions:
        return True
    least = max(rule.minimum_confidence, _limits().least_place_confidence)
    return case.region in rule.regions and case.place_confidence >= least


def _referral(organisation_id: str, rules: Sequence[RoutingRule], case: RoutableCase) -> ProposedReferral:
    return ProposedReferral(
        organisation_id,
        tuple(rule.id for rule in rules),
        min(rule.deadline_hours for rule in rules),
        tuple(_reason(rule, case) for rule in rules),
    )


def _reason(rule: RoutingRule, case: RoutableCase) -> str:
    """What made the rule fire, in words a person can check."""
    sure = _sure_violations(rule, case)
    parts = [f"{code} ({confidence:.0%})" for code, confidence in sorted(sure.items())]
    if rule.regions:
        parts.append(f"region {case.region}")
    if rule.actors:
        parts.append("actors " + ", ".join(sorted(rule.actors.intersection(case.actors))))
    if rule.minimum_urgency:
        parts.append(f"urgency {case.urgency}")
    return f"{rule.name}: " + ", ".join(parts)
