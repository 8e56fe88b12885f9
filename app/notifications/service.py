"""Writing down that something waits for somebody, in the caller's transaction, and that it was read."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission, may
from app.clock import utcnow
from app.database import insert_unless_there
from app.models import Case, Notification, Organisation, User
from app.notifications.kinds import NoticeKind

READ_KEPT = timedelta(days=90)
UNREAD_KEPT = timedelta(days=365)


def notify(
    session: Session,
    kind: NoticeKind,
    users: Iterable[User],
    *,
    case: Case | None = None,
    detail: Mapping[str, Any] | None = None,
) -> list[uuid.UUID]:
    """Tell these people that something waits; the ids of what is new. `detail` holds codes and ids only.

    The same kind about the same case waits once for a person until they read it. Whether they may see the case is the
    caller's to know: for what is about one, call `app.casework.telling.tell`.
    """
    known = {user.id for user in users if user.is_active}
    rows = [_row(kind, user_id, case, dict(detail or {})) for user_id in sorted(known)]
    if not rows:
        return []
    session.flush()
    statement = insert_unless_there(session, Notification, rows, known_by=Notification.unread_topic)
    return list(session.scalars(statement.returning(Notification.id)))


def people_of(session: Session, organisation: Organisation, permission: Permission | None) -> Sequence[User]:
    """The people of an organisation who work there now and hold a permission."""
    statement = select(User).where(User.organisation_id == organisation.id, User.is_active)
    found = session.scalars(statement.order_by(User.id)).unique()
    return [user for user in found if permission is None or may(user.role, permission)]


def administrators(session: Session) -> Sequence[User]:
    """Everybody who administers this installation."""
    people = session.scalars(select(User).where(User.is_active).order_by(User.id)).unique()
    return [user for user in people if may(user.role, Permission.ADMINISTER)]


def mark_read(
    session: Session,
    user: User,
    *,
    case_id: uuid.UUID | None = None,
    notification_id: uuid.UUID | None = None,
) -> int:
    """Say that a person read what waits: one of them, those of a case, or all; how many that were."""
    statement = update(Notification).where(Notification.user_id == user.id, Notification.read_at.is_(None))
    if case_id is not None:
        statement = statement.where(Notification.case_id == case_id)
    if notification_id is not None:
        statement = statement.where(Notification.id == notification_id)
    done = statement.values(read_at=utcnow(), unread_topic=None).returning(Notification.id)
    return len(session.scalars(done).all())


def forget_case(session: Session, case_id: uuid.UUID) -> None:
    """Delete what waited about a case: for whoever deletes the case."""
    session.execute(delete(Notification).where(Notification.case_id == case_id))


def erase_old(session: Session, now: datetime) -> None:
    """Delete what was read three months ago, or never in a year."""
    is_old = or_(Notification.read_at < now - READ_KEPT, Notification.created_at < now - UNREAD_KEPT)
    session.execute(delete(Notification).where(is_old))


def _row(kind: NoticeKind, user_id: uuid.UUID, case: Case | None, detail: dict[str, Any]) -> dict[str, Any]:
    case_id = case.id if case is not None else None
    return {
        "id": uuid.uuid4(),
        "user_id": user_id,
        "kind": str(kind),
        "case_id": case_id,
        "detail": detail,
        "created_at": utcnow(),
        "unread_topic": f"{user_id}:{kind}:{case_id or ''}",
    }
