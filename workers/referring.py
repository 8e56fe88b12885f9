"""Asking the routing engine about a case: the tables as it takes them, its answer as casework takes it."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.conclusions import RuleMatch
from app.models import Case, Organisation, RoutingRule
from app.rules.content import content_of
from workers.contracts import ProposedReferral, Withheld
from workers.routable import routable_cases, routable_organisations, routable_rule
from workers.routing import judge


def matching_rules(session: Session, case: Case) -> list[RuleMatch]:
    """The organisations that the active rules ask for, and why. What the reporters haven't allowed is among them:
    casework withholds it and says so on the case.
    """
    rules = session.scalars(select(RoutingRule).where(RoutingRule.is_active)).unique().all()
    judged = judge(
        routable_cases(session, [case.id])[case.id],
        [routable_rule(str(rule.id), content_of(rule)) for rule in rules],
        routable_organisations(session.scalars(select(Organisation)).all()),
    )
    said = {str(rule.id): f"{rule.name} · v{rule.version}" for rule in rules}
    return [
        _match(each.referral, [said[rule_id] for rule_id in each.referral.rule_ids])
        for each in judged
        if each.withheld in {None, Withheld.CONSENT}
    ]


def _match(referral: ProposedReferral, reasons: list[str]) -> RuleMatch:
    return RuleMatch(
        uuid.UUID(referral.organisation_id),
        reasons,
        referral.deadline_hours,
        disclosure=referral.disclosure,
        is_sent=referral.is_sent,
    )
