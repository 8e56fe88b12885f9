"""Reading the routing table and what it said before."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.errors import NOT_FOUND, CaseworkError
from app.models import Organisation, OrganisationKind, RoutingRule, RuleVersion
from app.rules.content import RuleContent, from_record


@dataclass(frozen=True, slots=True)
class Step:
    """A version of a rule with what it said, and what the one before it said."""

    version: RuleVersion
    content: RuleContent
    before: RuleContent | None


def all_rules(session: Session) -> Sequence[RoutingRule]:
    """The routing table: what is active first, then by name."""
    ordered = select(RoutingRule).order_by(RoutingRule.is_active.desc(), RoutingRule.name, RoutingRule.id)
    return session.scalars(ordered).unique().all()


def rule(session: Session, rule_id: uuid.UUID) -> RoutingRule:
    """One rule. Raises CaseworkError("not_found")."""
    found = session.get(RoutingRule, rule_id)
    if found is None:
        raise CaseworkError(NOT_FOUND)
    return found


def steps(session: Session, rule_id: uuid.UUID) -> list[Step]:
    """Every version of a rule, the newest first."""
    ordered = select(RuleVersion).where(RuleVersion.rule_id == rule_id).order_by(RuleVersion.version)
    versions = session.scalars(ordered).unique().all()
    contents = [from_record(each.content) for each in versions]
    found = map(Step, versions, contents, [None, *contents[:-1]])
    return list(found)[::-1]


def content_of_version(session: Session, rule_id: uuid.UUID, version: int) -> RuleContent:
    """What a rule said in one version. Raises CaseworkError("not_found")."""
    found = session.scalar(
        select(RuleVersion.content).where(RuleVersion.rule_id == rule_id, RuleVersion.version == version)
    )
    if found is None:
        raise CaseworkError(NOT_FOUND)
    return from_record(found)


def names(session: Session) -> dict[uuid.UUID, str]:
    """What organisations are called in sentences."""
    return {each.id: each.short_name for each in session.scalars(select(Organisation))}


def receivers(session: Session) -> Sequence[Organisation]:
    """Who may be sent cases: every active organisation but the desk."""
    active = select(Organisation).where(Organisation.is_active, Organisation.kind != OrganisationKind.DESK)
    return session.scalars(active.order_by(Organisation.name)).all()
