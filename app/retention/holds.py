"""Legal holds: a supervisor of the desk keeps a case, or every case of a saved view, from being erased.

The reporter's own wish goes first: what they ask to have deleted of themselves is deleted at once, and the hold keeps
the anonymised account alone (app/intake/erasing.py).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.permissions import Permission, may
from app.audit import Action
from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.casework.inbox_schemas import inbox_filter
from app.casework.queries import matching
from app.casework.saved_views import views_of
from app.casework.visibility import visible_case
from app.clock import utcnow
from app.intake.holds import stands
from app.models import Case, Disclosure, LegalHold, User

SHORTEST_REASON, LONGEST_REASON = 10, 2000
MOST_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class NewHold:
    """Why something must be kept, and until when; without an end until somebody lifts it."""

    reason: str
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Holds that were put on many cases at once and still stand."""

    batch_id: uuid.UUID
    reason: str
    count: int
    placed_at: datetime
    ends_at: datetime | None


def may_hold(user: User) -> bool:
    """Whether a person places and lifts holds: the desk's supervisors."""
    return may(user.role, Permission.HOLD_CASES) and user.organisation.sees_every_case


def standing(session: Session, case_id: uuid.UUID) -> Sequence[LegalHold]:
    """The holds of a case that stand, the oldest first."""
    statement = select(LegalHold).where(LegalHold.case_id == case_id, stands(utcnow()))
    return session.scalars(statement.order_by(LegalHold.placed_at)).unique().all()


def batches(session: Session) -> Sequence[Batch]:
    """What was held by saved views and still is, the newest first."""
    statement = (
        select(LegalHold.batch_id, LegalHold.reason, func.count(), LegalHold.placed_at, LegalHold.ends_at)
        .where(LegalHold.batch_id.is_not(None), stands(utcnow()))
        .group_by(LegalHold.batch_id, LegalHold.reason, LegalHold.placed_at, LegalHold.ends_at)
        .order_by(LegalHold.placed_at.desc())
    )
    rows = session.execute(statement).all()
    return [Batch(row[0], row[1], row[2], row[3], row[4]) for row in rows if row[0] is not None]


def hold_case(session: Session, user: User, case_id: uuid.UUID, new: NewHold) -> LegalHold:
    """Put one case under a hold. Raises CaseworkError: `not_found`, `forbidden`, `reason_short`, `reason_long`,
    `hold_over` for an end that isn't in the future.
    """
    _check_may(user)
    found = visible_case(session, user, case_id, least=Disclosure.SUMMARY)
    _check(new)
    return _place(session, user, found.id, new, utcnow(), batch_id=None)


def hold_view(session: Session, user: User, view_id: uuid.UUID, new: NewHold) -> int:
    """Put every case that a saved view holds at this moment under a hold; how many. Later ones are not.

    Raises CaseworkError: `forbidden`, `not_found`, `hold_many` for more than 2,000, `hold_none`, and as `hold_case`.
    """
    _check_may(user)
    view = next((each for each in views_of(session, user) if each.id == view_id), None)
    if view is None:
        raise CaseworkError(NOT_FOUND)
    _check(new)
    wanted = matching(user, inbox_filter({name: str(value) for name, value in view.address.items()}))
    ids = session.scalars(wanted.with_only_columns(Case.id).limit(MOST_AT_ONCE + 1)).all()
    if not ids or len(ids) > MOST_AT_ONCE:
        raise CaseworkError("hold_many" if ids else "hold_none")
    batch_id, now = uuid.uuid4(), utcnow()
    for case_id in ids:
        _place(session, user, case_id, new, now, batch_id=batch_id)
    return len(ids)


def lift(session: Session, user: User, case_id: uuid.UUID, hold_id: uuid.UUID, reason: str) -> None:
    """Lift one hold of a case. Raises CaseworkError: `not_found`, `forbidden`, `reason_short`, `reason_long`."""
    _check_may(user)
    visible_case(session, user, case_id, least=Disclosure.SUMMARY)
    hold = session.get(LegalHold, hold_id)
    if hold is None or hold.case_id != case_id or hold.lifted_at is not None:
        raise CaseworkError(NOT_FOUND)
    _check(NewHold(reason))
    _lift(session, user, hold, reason)


def lift_batch(session: Session, user: User, batch_id: uuid.UUID, reason: str) -> int:
    """Lift what was placed at once; how many. Raises CaseworkError: `not_found`, `forbidden`, `reason_short`."""
    _check_may(user)
    found = session.scalars(select(LegalHold).where(LegalHold.batch_id == batch_id, stands(utcnow())))
    holds = found.unique().all()
    if not holds:
        raise CaseworkError(NOT_FOUND)
    _check(NewHold(reason))
    for hold in holds:
        _lift(session, user, hold, reason)
    return len(holds)


def _check_may(user: User) -> None:
    if not may_hold(user):
        raise CaseworkError(FORBIDDEN)


def _check(new: NewHold) -> None:
    if len(new.reason.strip()) < SHORTEST_REASON:
        raise CaseworkError("reason_short")
    if len(new.reason) > LONGEST_REASON:
        raise CaseworkError("reason_long")
    if new.ends_at is not None and new.ends_at <= utcnow():
        raise CaseworkError("hold_over")


def _place(
    session: Session,
    user: User,
    case_id: uuid.UUID,
    new: NewHold,
    now: datetime,
    *,
    batch_id: uuid.UUID | None,
) -> LegalHold:
    session.execute(
        select(Case.id).where(Case.id == case_id).with_for_update()
    )  # not while it is being erased
    hold = LegalHold(
        id=uuid.uuid4(),
        case_id=case_id,
        batch_id=batch_id,
        reason=new.reason.strip(),
        placed_at=now,
        placed_by_id=user.id,
        ends_at=new.ends_at,
    )
    session.add(hold)
    detail = {
        "hold": str(hold.id),
        "batch": str(batch_id) if batch_id else None,
        "ends_at": new.ends_at.isoformat() if new.ends_at else None,
    }
    audit.record(session, Action.HOLD_PLACED, f"case:{case_id}", actor=f"user:{user.id}", detail=detail)
    return hold


def _lift(session: Session, user: User, hold: LegalHold, reason: str) -> None:
    hold.lifted_at, hold.lifted_by_id, hold.lift_reason = utcnow(), user.id, reason.strip()
    detail = {"hold": str(hold.id)}
    audit.record(session, Action.HOLD_LIFTED, f"case:{hold.case_id}", actor=f"user:{user.id}", detail=detail)
