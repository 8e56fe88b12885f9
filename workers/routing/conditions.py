"""What a rule asks of a case. Every condition that is set must hold; one that isn't set holds."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from workers.contracts import ConsentAsked, RoutableCase, RoutableOrganisation, RoutingRule
from workers.routing.moments import is_within


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds for every rule; see workers/vocabularies/routing.toml."""

    least_place_confidence: float
    never_referred: frozenset[str]
    disclosures: tuple[str, ...]  # from the least to the most that an organisation sees
    names_people: str


@cache
def limits() -> Limits:
    """The limits of this release."""
    source = resources.files("workers.vocabularies").joinpath("routing.toml").read_text(encoding="utf-8")
    data = tomllib.loads(source)
    return Limits(
        data["least_place_confidence"],
        frozenset(data["never_referred"]),
        tuple(data["disclosures"]),
        data["names_people"],
    )


def fires(rule: RoutingRule, case: RoutableCase, organisation: RoutableOrganisation) -> bool:
    """Whether a rule asks for a case to go to its organisation. Whether that may be is another question."""
    return (
        bool(sure_violations(rule, case))
        and _is_in_place(rule, case)
        and (not rule.actors or not rule.actors.isdisjoint(case.actors))
        and case.urgency >= rule.minimum_urgency
        and (not rule.languages or case.language in rule.languages)
        and (not rule.channels or case.channel in rule.channels)
        and _came_at_the_time(rule, case)
        and _has_the_consent(rule, case, organisation)
    )


def sure_violations(rule: RoutingRule, case: RoutableCase) -> Mapping[str, float]:
    """The violations of the case that the rule is about and that are sure enough for it."""
    return {
        code: confidence
        for code, confidence in case.violations.items()
        if code not in limits().never_referred
        and (not rule.violations or code in rule.violations)
        and confidence >= rule.minimum_confidence
    }


def allows(case: RoutableCase, organisation: RoutableOrganisation) -> bool:
    """Whether everybody who was asked allows this kind of organisation. Who wasn't asked stands in nobody's way."""
    return case.allowed_kinds is None or organisation.kind in case.allowed_kinds


def _is_in_place(rule: RoutingRule, case: RoutableCase) -> bool:
    if not rule.regions and not rule.cercles:
        return True
    least = max(rule.minimum_confidence, limits().least_place_confidence)
    is_there = case.region in rule.regions or case.cercle in rule.cercles
    return is_there and case.place_confidence >= least


def _came_at_the_time(rule: RoutingRule, case: RoutableCase) -> bool:
    if not rule.days and rule.hours is None:
        return True
    return case.arrived_at is not None and is_within(case.arrived_at, rule.days, rule.hours)


def _has_the_consent(rule: RoutingRule, case: RoutableCase, organisation: RoutableOrganisation) -> bool:
    was_asked = case.allowed_kinds is not None
    if rule.consent is ConsentAsked.ALLOWED:
        return was_asked and allows(case, organisation)
    return rule.consent is ConsentAsked.ANY or not was_asked
