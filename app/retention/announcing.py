"""Announcing what falls due, and finding what was announced for long enough."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.models import RetentionDue
from app.notifications.kinds import NoticeKind
from app.notifications.service import administrators, notify
from app.retention.due import due
from app.retention.periods import days, period
from app.retention.rules import Rule, Subject, announced_for, rules, shown_before

_AT_ONCE = 500


def announce(session: Session, now: datetime) -> int:
    """Bring what is announced in line with what falls due within the coming days; how much is new."""
    kept_days = days(session)
    added = sum(_announce(session, each, kept_days[each.code], now) for each in announced_rules())
    if added:
        notify(session, NoticeKind.RETENTION_WAITING, administrators(session))
    return added


def announced_rules() -> Sequence[Rule]:
    """The rules whose things fall due one by one."""
    return [each for each in rules() if each.subject != Subject.ROWS]


def _announce(session: Session, rule: Rule, kept_days: int, now: datetime) -> int:
    kept = period(kept_days)
    falling = dict(due(session, rule, kept, now + shown_before())) if kept else {}
    known = session.scalars(select(RetentionDue).where(RetentionDue.rule == rule.code)).all()
    gone = [each.id for each in known if each.subject_id not in falling]
    for start in range(0, len(gone), _AT_ONCE):
        session.execute(delete(RetentionDue).where(RetentionDue.id.in_(gone[start : start + _AT_ONCE])))
    for each in known:
        if each.subject_id in falling:
            each.due_at = falling[each.subject_id]
    return _add(session, rule, falling, {each.subject_id for each in known}, now)


def _add(
    session: Session, rule: Rule, falling: Mapping[uuid.UUID, datetime], known: set[uuid.UUID], now: datetime
) -> int:
    new = [
        RetentionDue(
            rule=rule.code, subject=rule.subject, subject_id=subject_id, due_at=due_at, announced_at=now
        )
        for subject_id, due_at in falling.items()
        if subject_id not in known
    ]
    session.add_all(new)
    session.flush()
    return len(new)


def ready(session: Session, rule: Rule, now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """What is due by a rule and was announced for long enough, the longest due first."""
    statement = (
        select(RetentionDue.subject_id)
        .where(
            RetentionDue.rule == rule.code,
            RetentionDue.due_at <= now,
            RetentionDue.announced_at <= now - announced_for(),
        )
        .order_by(RetentionDue.due_at, RetentionDue.id)
    )
    return session.scalars(statement.limit(limit)).all()


def forget(session: Session, subject_ids: Sequence[uuid.UUID]) -> None:
    """What was erased, or is due no more, is announced no longer."""
    session.execute(delete(RetentionDue).where(RetentionDue.subject_id.in_(subject_ids)))


def counts(session: Session) -> Mapping[str, tuple[int, datetime]]:
    """How much is announced by rule, and when the first of it is due."""
    rows = session.execute(
        select(
            RetentionDue.rule, func.count(), func.min(RetentionDue.due_at, type_=RetentionDue.due_at.type)
        ).group_by(RetentionDue.rule)
    )
    return {row[0]: (row[1], row[2]) for row in rows}
