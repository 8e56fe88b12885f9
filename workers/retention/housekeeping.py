"""Rows about the work itself that are deleted when they are old enough, unless they are of a case under a hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.intake.holds import held_cases
from app.models import (
    Arrival,
    AuditCheck,
    BulkChange,
    DeliveryReceipt,
    Message,
    Opening,
    Report,
    RulePreview,
    SendAttempt,
    UserSession,
    WebhookDelivery,
)

AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Kind:
    """A table, and since when a row of it is old."""

    table: Any
    since: InstrumentedAttribute[Any]


KINDS: Mapping[str, tuple[Kind, ...]] = {
    "openings": (Kind(Opening, Opening.asked_at),),
    "arrivals": (Kind(Arrival, Arrival.done_at),),
    "sendings": (
        Kind(SendAttempt, SendAttempt.started_at),
        Kind(DeliveryReceipt, DeliveryReceipt.received_at),
    ),
    "webhooks": (Kind(WebhookDelivery, WebhookDelivery.ended_at),),
    "bulk_changes": (Kind(BulkChange, BulkChange.made_at),),
    "previews": (Kind(RulePreview, RulePreview.asked_at),),
    "sessions": (Kind(UserSession, UserSession.ended_at),),
    "checks": (Kind(AuditCheck, AuditCheck.checked_at),),
}


def erase_rows(session: Session, code: str, before: datetime, now: datetime) -> int:
    """Delete some rows by one rule that are from before a moment; how many. Those without that moment stay."""
    return sum(_erase(session, each, before, now) for each in KINDS[code])


def _erase(session: Session, kind: Kind, before: datetime, now: datetime) -> int:
    statement = select(kind.table.id).where(kind.since < before, *_not_held(kind.table, now))
    ids = session.scalars(statement.order_by(kind.since).limit(AT_ONCE)).all()
    session.execute(delete(kind.table).where(kind.table.id.in_(ids)))
    return len(ids)


def _not_held(table: Any, now: datetime) -> list[ColumnElement[bool]]:
    if hasattr(table, "case_id"):
        return [or_(table.case_id.is_(None), table.case_id.not_in(held_cases(now)))]
    if hasattr(table, "message_id"):
        reports = select(Report.id).where(Report.case_id.in_(held_cases(now)))
        of_held = select(Message.id).where(Message.report_id.in_(reports))
        return [or_(table.message_id.is_(None), table.message_id.not_in(of_held))]
    return []
