"""Why a rule fired, in words a person can check."""

from __future__ import annotations

from workers.contracts import RoutableCase, RoutingRule
from workers.routing.conditions import sure_violations


def reason(rule: RoutingRule, case: RoutableCase) -> str:
    """The rule's name and what of the case made it fire."""
    sure = sure_violations(rule, case)
    parts = [f"{code} ({confidence:.0%})" for code, confidence in sorted(sure.items())]
    if case.region in rule.regions:
        parts.append(f"region {case.region}")
    elif rule.cercles:
        parts.append(f"cercle {case.cercle}")
    if rule.actors:
        parts.append("actors " + ", ".join(sorted(rule.actors.intersection(case.actors))))
    if rule.minimum_urgency:
        parts.append(f"urgency {case.urgency}")
    return f"{rule.name}: " + ", ".join(parts)
