"""The kinds of things that wait, as kinds.toml has them: by which ways, how urgent, and for whom."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

from app.accounts.permissions import Permission
from app.models import NoticeWay


class NoticeKind(StrEnum):
    """What can wait for somebody; what is known of each is in kinds.toml, its words in wording.py."""

    ASSIGNED = "assigned"
    URGENT_CASE = "urgent_case"
    REPORTER_ANSWERED = "reporter_answered"
    REFERRAL_WAITING = "referral_waiting"
    REFERRAL_DUE = "referral_due"
    REFERRAL_OVERDUE = "referral_overdue"
    REFERRAL_ESCALATED = "referral_escalated"
    REFERRAL_ACCEPTED = "referral_accepted"
    REFERRAL_DECLINED = "referral_declined"
    REFERRAL_DONE = "referral_done"
    VERIFICATION_WAITING = "verification_waiting"
    CASE_UNREADABLE = "case_unreadable"
    OPENED_MUCH = "opened_much"
    SAFE_ACCESS_ASKED = "safe_access_asked"
    SAFE_ACCESS_GIVEN = "safe_access_given"
    NEW_DEVICE = "new_device"
    SECOND_FACTOR_CHANGED = "second_factor_changed"
    PASSWORD_RECOVERED = "password_recovered"  # noqa: S105
    EXPORT_READY = "export_ready"
    EXPORT_OUTDATED = "export_outdated"
    EXPORT_DELIVERED = "export_delivered"
    DELIVERY_FAILED = "delivery_failed"
    SCHEDULE_STOPPED = "schedule_stopped"
    RULE_PREVIEW_READY = "rule_preview_ready"
    JUDICIAL_WAITING = "judicial_waiting"
    JUDICIAL_MOVED = "judicial_moved"
    RETENTION_WAITING = "retention_waiting"
    AUDIT_BROKEN = "audit_broken"
    EMAIL_FAILED = "email_failed"
    SMS_FAILED = "sms_failed"
    WEBHOOK_DISABLED = "webhook_disabled"


@dataclass(frozen=True, slots=True)
class KindFacts:
    """What kinds.toml says of one kind; `permission` is None for what is only ever one person's own."""

    ways: frozenset[NoticeWay] = frozenset()
    is_urgent: bool = False
    is_about_case: bool = False
    is_for_webhooks: bool = False
    permission: Permission | None = None


def facts(kind: str) -> KindFacts:
    """What is known of a kind; of one from a later release, that it stays in the console."""
    return _facts().get(kind, KindFacts())


def webhook_kinds() -> tuple[NoticeKind, ...]:
    """The kinds that an organisation's own system can hear of."""
    return tuple(kind for kind in NoticeKind if facts(kind).is_for_webhooks)


@cache
def _facts() -> Mapping[str, KindFacts]:
    data = tomllib.loads(resources.files("app.notifications").joinpath("kinds.toml").read_text("utf-8"))
    return {name: _read(each) for name, each in data.items()}


def _read(given: Mapping[str, object]) -> KindFacts:
    known = dict(given)
    ways, permission = known.pop("ways"), known.pop("permission", None)
    return KindFacts(
        ways=frozenset(map(NoticeWay, ways)),  # type: ignore[call-overload]
        permission=Permission(str(permission)) if permission else None,
        **known,  # type: ignore[arg-type]
    )
