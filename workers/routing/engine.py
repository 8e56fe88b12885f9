"""Proposes referrals. What is uncertain, not to be shared or in conflict of interest is left to a person."""

from __future__ import annotations

from collections.abc import Sequence

from workers.contracts import (
    Judgement,
    ProposedReferral,
    RoutableCase,
    RoutableOrganisation,
    RoutingRule,
    Withheld,
)
from workers.routing.conditions import allows, fires, limits
from workers.routing.reasons import reason


def route(
    case: RoutableCase, rules: Sequence[RoutingRule], organisations: Sequence[RoutableOrganisation]
) -> list[ProposedReferral]:
    """One proposed referral for each organisation that rules ask for, soonest deadline first, then by organisation.

    None if the case may not be shared. An organisation is left out if it isn't active, if an actor of the case is one
    it must never be sent, if the report names the organisation itself, or if a reporter hasn't allowed its kind.
    """
    return [judged.referral for judged in judge(case, rules, organisations) if judged.withheld is None]


def judge(
    case: RoutableCase, rules: Sequence[RoutingRule], organisations: Sequence[RoutableOrganisation]
) -> list[Judgement]:
    """What rules ask for and what of it is withheld, and why; in the order of `route`."""
    if not case.may_share:
        return []
    known = {organisation.id: organisation for organisation in organisations}
    asked: dict[str, list[RoutingRule]] = {}
    for rule in sorted(rules, key=lambda rule: rule.id):
        receiver = known.get(rule.organisation_id)
        if receiver is not None and fires(rule, case, receiver):
            asked.setdefault(receiver.id, []).append(rule)
    judged = [Judgement(_referral(key, own, case), _withheld(known[key], case)) for key, own in asked.items()]
    return sorted(judged, key=lambda each: (each.referral.deadline_hours, each.referral.organisation_id))


def _withheld(organisation: RoutableOrganisation, case: RoutableCase) -> Withheld | None:
    """Why an organisation isn't sent a case, if it isn't; what accuses it comes first."""
    if not organisation.conflict_actors.isdisjoint(case.actors):
        return Withheld.CONFLICT
    if _is_named(organisation, case):
        return Withheld.NAMED
    if not organisation.is_active:
        return Withheld.INACTIVE
    return None if allows(case, organisation) else Withheld.CONSENT


def _is_named(organisation: RoutableOrganisation, case: RoutableCase) -> bool:
    named = {name.casefold() for name in case.named_organisations}
    return any(name.casefold() in named for name in {organisation.id, *organisation.names})


def _referral(organisation_id: str, rules: Sequence[RoutingRule], case: RoutableCase) -> ProposedReferral:
    return ProposedReferral(
        organisation_id,
        tuple(rule.id for rule in rules),
        min(rule.deadline_hours for rule in rules),
        tuple(reason(rule, case) for rule in rules),
        disclosure=_least_disclosure(rules, case),
        is_sent=not case.needs_person and any(rule.sends_at_once for rule in rules),
    )


def _least_disclosure(rules: Sequence[RoutingRule], case: RoutableCase) -> str:
    """Where rules differ the organisation sees the least of it; who it is only if everybody allowed that."""
    order = limits().disclosures
    least = min((rule.disclosure for rule in rules), key=order.index)
    is_too_much = least == limits().names_people and not case.allows_identity
    return order[order.index(least) - 1] if is_too_much else least
