"""Saving rules: every change is a version with its writer and reason, and none sends a report to whom it accuses."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.permissions import Permission, may
from app.audit import Action
from app.casework.errors import CHANGED_MEANWHILE, FORBIDDEN, NOT_FOUND, CaseworkError
from app.clock import utcnow
from app.models import (
    Organisation,
    OrganisationKind,
    PreviewState,
    Role,
    RoutingRule,
    RulePreview,
    RuleVersion,
    User,
)
from app.rules.content import RuleContent, as_record, content_of, from_record, put_into
from app.rules.safety import accused

CONFLICT = "conflict"  # why the machine closed a rule; its only reason so far


class AccusedReceiver(CaseworkError):
    """A rule could send a report to those whom it accuses: the receiver, and the authors that the rule names."""

    def __init__(self, organisation: Organisation, codes: Sequence[str]) -> None:
        super().__init__("accused_receiver")
        self.organisation_name = organisation.name
        self.codes = tuple(codes)


def may_manage(user: User) -> bool:
    """Whether a person may read and change rules: the desk's supervisors, and administrators."""
    is_ours = user.organisation.sees_every_case or user.role == Role.ADMINISTRATOR
    return is_ours and may(user.role, Permission.MANAGE_RULES)


def check_may_manage(user: User) -> None:
    """Raises CaseworkError("forbidden") for anybody else."""
    if not may_manage(user):
        raise CaseworkError(FORBIDDEN)


def check_content(session: Session, content: RuleContent) -> None:
    """Raises CaseworkError("organisation_unknown") for a receiver that can't be one, AccusedReceiver."""
    receiver = session.get(Organisation, content.organisation_id)
    if receiver is None or not receiver.is_active or receiver.kind == OrganisationKind.DESK:
        raise CaseworkError("organisation_unknown")
    if codes := accused(content, receiver):
        raise AccusedReceiver(receiver, codes)


def add_rule(session: Session, content: RuleContent, *, actor: str) -> RoutingRule:
    """Put a rule into the table without a preview: for commands and the demonstration. Raises as `check_content`."""
    check_content(session, content)
    return _add(session, content, actor=actor, user=None, reason="")


def save(session: Session, user: User, preview_id: uuid.UUID, reason: str) -> RoutingRule:
    """Make a previewed rule what holds from now on.

    Raises CaseworkError: `forbidden`, `not_found`, `preview_waits`, `changed_meanwhile` where the rule isn't any more
    what the preview compared with, and as `check_content`.
    """
    check_may_manage(user)
    preview = session.get(RulePreview, preview_id, with_for_update=True)
    if preview is None or preview.asked_by_id != user.id or preview.saved_at is not None:
        raise CaseworkError(NOT_FOUND)
    if preview.state != PreviewState.DONE:
        raise CaseworkError("preview_waits")
    content = from_record(preview.content)
    check_content(session, content)
    preview.saved_at = utcnow()
    actor = f"user:{user.id}"
    if preview.rule_id is None:
        return _add(session, content, actor=actor, user=user, reason=reason)
    rule = locked_rule(session, preview.rule_id)
    if rule.version != preview.base_version:
        raise CaseworkError(CHANGED_MEANWHILE)
    _change(session, rule, content, user=user, reason=reason)
    audit.record(session, Action.RULE_CHANGED, _subject(rule), actor=actor, detail=_detail(rule))
    return rule


def close(session: Session, user: User, rule_id: uuid.UUID, reason: str) -> RoutingRule:
    """Let a rule do nothing from now on. Raises CaseworkError: `forbidden`, `not_found`, `closed_already`."""
    check_may_manage(user)
    rule = locked_rule(session, rule_id)
    if not rule.is_active:
        raise CaseworkError("closed_already")
    _change(session, rule, replace(content_of(rule), is_active=False), user=user, reason=reason)
    audit.record(session, Action.RULE_CLOSED, _subject(rule), actor=f"user:{user.id}", detail=_detail(rule))
    return rule


def close_accusing(session: Session, organisation: Organisation) -> list[RoutingRule]:
    """Close the rules that could now send a report to whom it accuses; gives those that were closed."""
    rules = session.scalars(
        select(RoutingRule)
        .where(RoutingRule.organisation_id == organisation.id, RoutingRule.is_active)
        .order_by(RoutingRule.name)
        .with_for_update(of=RoutingRule)
    ).unique()
    wrong = [rule for rule in rules if accused(content_of(rule), organisation)]
    for rule in wrong:
        _change(session, rule, replace(content_of(rule), is_active=False), user=None, reason=CONFLICT)
        rule.closed_because = CONFLICT
        audit.record(
            session,
            Action.RULE_CLOSED,
            _subject(rule),
            actor="worker",
            detail=_detail(rule) | {"because": CONFLICT},
        )
    return wrong


def locked_rule(session: Session, rule_id: uuid.UUID) -> RoutingRule:
    """A rule that nobody else changes meanwhile. Raises CaseworkError("not_found")."""
    statement = select(RoutingRule).where(RoutingRule.id == rule_id).with_for_update(of=RoutingRule)
    rule = session.scalars(statement).unique().one_or_none()
    if rule is None:
        raise CaseworkError(NOT_FOUND)
    return rule


def _add(
    session: Session, content: RuleContent, *, actor: str, user: User | None, reason: str
) -> RoutingRule:
    rule = RoutingRule(id=uuid.uuid4(), version=1)
    put_into(rule, content)
    session.add(rule)
    session.flush()
    _keep_version(session, rule, user, reason)
    audit.record(session, Action.RULE_ADDED, _subject(rule), actor=actor, detail=_detail(rule))
    return rule


def _change(
    session: Session, rule: RoutingRule, content: RuleContent, *, user: User | None, reason: str
) -> None:
    put_into(rule, content)
    rule.version += 1
    rule.closed_because = ""
    session.flush()
    _keep_version(session, rule, user, reason)


def _keep_version(session: Session, rule: RoutingRule, user: User | None, reason: str) -> None:
    session.add(
        RuleVersion(
            rule_id=rule.id,
            version=rule.version,
            content=as_record(content_of(rule)),
            saved_by_id=user.id if user else None,
            reason=reason,
        )
    )


def _subject(rule: RoutingRule) -> str:
    return f"routing_rule:{rule.id}"


def _detail(rule: RoutingRule) -> dict[str, object]:
    return {"version": rule.version, "organisation": str(rule.organisation_id)}
