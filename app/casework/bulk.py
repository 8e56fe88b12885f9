"""One thing done to several cases at once, each through the service that does it to one, and undone again.

Each case is a transaction of its own: one that can't be changed holds up none of the others.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.casework import history, service
from app.casework.bulk_acts import BulkAct
from app.casework.errors import CHANGED_MEANWHILE, NOT_FOUND, CaseworkError
from app.casework.history import EventKind
from app.casework.visibility import visible_case, workable_case
from app.clock import utcnow
from app.models import BulkChange, BulkChangeItem, Case, CaseStatus, User

UNDO_FOR = timedelta(minutes=15)
MOST_CASES = 100
# What each line of the history tells of: first what it shows, then what changes with it.
_LINES = {
    EventKind.STATUS_CHANGED: ("status", "closed_as", "needs_person"),
    EventKind.ASSIGNED: ("assigned_to",),
}


def begin(session: Session, user: User, act: BulkAct) -> BulkChange:
    """The change that cases are then done under; what can't be undone any more is forgotten."""
    too_old = select(BulkChange.id).where(BulkChange.user_id == user.id, BulkChange.made_at < _oldest())
    session.execute(delete(BulkChangeItem).where(BulkChangeItem.bulk_change_id.in_(too_old)))
    session.execute(delete(BulkChange).where(BulkChange.user_id == user.id, BulkChange.made_at < _oldest()))
    change = BulkChange(id=uuid.uuid4(), user_id=user.id, kind=act)
    session.add(change)
    return change


def apply(
    session: Session,
    user: User,
    change_id: uuid.UUID,
    case_id: uuid.UUID,
    version: int,
    *,
    assignee_id: uuid.UUID | None = None,
    reason: str = "",
) -> None:
    """Do to one case what the change is. Raises CaseworkError as the service for a single case does, and
    `changed_meanwhile` where it isn't as the person saw it.
    """
    change = session.get_one(BulkChange, change_id)
    service.check_version(session, user, case_id, version)
    case = visible_case(session, user, case_id)
    before = _kept(case)
    _act(session, user, case_id, BulkAct(change.kind), assignee_id, reason)
    session.flush()
    session.add(
        BulkChangeItem(bulk_change_id=change.id, case_id=case_id, before=before, version=case.version)
    )


def _act(
    session: Session,
    user: User,
    case_id: uuid.UUID,
    act: BulkAct,
    assignee_id: uuid.UUID | None,
    reason: str,
) -> None:
    if act is BulkAct.ASSIGN and assignee_id is None:
        raise CaseworkError("assignee_unknown")
    if act in {BulkAct.TAKE, BulkAct.GIVE_BACK, BulkAct.ASSIGN}:
        whom = {BulkAct.TAKE: user.id, BulkAct.ASSIGN: assignee_id}.get(act)
        service.assign(session, user, case_id, whom)
    elif act is BulkAct.CLOSE_AS_SPAM:
        service.change_status(session, user, case_id, CaseStatus.CLOSED, reason=reason, is_spam=True)
    else:
        service.change_status(session, user, case_id, CaseStatus(act), reason=reason)


def _kept(case: Case) -> dict[str, Any]:
    """All that a bulk change can touch."""
    return {
        "status": case.status,
        "closed_as": case.closed_as,
        "needs_person": case.needs_person,
        "assigned_to": str(case.assigned_to_id) if case.assigned_to_id else None,
    }


def last_undoable(session: Session, user: User) -> tuple[BulkChange, int] | None:
    """What this person did last to several cases and can still undo, and to how many."""
    statement = (
        select(BulkChange, func.count())
        .join(BulkChangeItem, BulkChangeItem.bulk_change_id == BulkChange.id)
        .where(BulkChange.user_id == user.id, BulkChange.undone_at.is_(None), BulkChange.made_at > _oldest())
        .group_by(BulkChange.id)
        .order_by(BulkChange.made_at.desc())
    )
    row = session.execute(statement.limit(1)).first()
    return (row[0], row[1]) if row else None


def begin_undoing(session: Session, user: User, change_id: uuid.UUID) -> Sequence[BulkChangeItem]:
    """The cases to put back, once. Raises CaseworkError: `not_found` for what is somebody else's, `undo_over` for what
    is undone already or too long ago.
    """
    change = session.get(BulkChange, change_id, with_for_update=True)
    if change is None or change.user_id != user.id:
        raise CaseworkError(NOT_FOUND)
    if change.undone_at is not None or change.made_at <= _oldest():
        raise CaseworkError("undo_over")
    change.undone_at = utcnow()
    return session.scalars(select(BulkChangeItem).where(BulkChangeItem.bulk_change_id == change_id)).all()


def put_back(session: Session, user: User, item_id: uuid.UUID) -> None:
    """Make one case what it was. Raises CaseworkError: `changed_meanwhile` if anything was done to it since, or as
    for any other change.
    """
    item = session.get_one(BulkChangeItem, item_id)
    case = workable_case(session, user, item.case_id, Permission.WORK_ON_CASES)
    if case.version != item.version:
        raise CaseworkError(CHANGED_MEANWHILE)
    was, now = item.before, _kept(case)
    case.status, case.closed_as, case.needs_person = was["status"], was["closed_as"], was["needs_person"]
    case.assigned_to_id = uuid.UUID(was["assigned_to"]) if was["assigned_to"] else None
    for kind, (part, *more) in _LINES.items():
        if any(was[each] != now[each] for each in (part, *more)):
            history.write(
                session, user, case, kind, detail={"from": now[part], "to": was[part], "undo": True}
            )


def _oldest() -> datetime:
    return utcnow() - UNDO_FOR
