"""What waits for a person, as far as they may still see it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.casework.telling import is_visible_to
from app.models import Case, Notification, User

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Notice:
    """One line of the list; `reference` and `case_id` are empty for what is about no case."""

    id: uuid.UUID
    kind: str
    created_at: datetime
    is_read: bool
    case_id: uuid.UUID | None
    reference: str


def notices(session: Session, user: User, *, before: datetime | None = None) -> Sequence[Notice]:
    """A page of what waits or waited for a person, the newest first, and one more if there is another page."""
    statement = (
        select(Notification, Case)
        .outerjoin(Case, Case.id == Notification.case_id)
        .where(Notification.user_id == user.id, is_visible_to(user))
        .order_by(Notification.created_at.desc(), Notification.id)
        .limit(SHOWN + 1)
    )
    if before is not None:
        statement = statement.where(Notification.created_at < before)
    return [_notice(waiting, case) for waiting, case in session.execute(statement)]


def count_unread(session: Session, user: User) -> int:
    """How much waits for a person that they haven't read and may still see."""
    unread = select(func.count(Notification.id)).where(
        Notification.user_id == user.id, Notification.read_at.is_(None), is_visible_to(user)
    )
    return session.scalar(unread) or 0


def _notice(waiting: Notification, case: Case | None) -> Notice:
    return Notice(
        id=waiting.id,
        kind=waiting.kind,
        created_at=waiting.created_at,
        is_read=waiting.read_at is not None,
        case_id=case.id if case else None,
        reference=case.reference if case else "",
    )
