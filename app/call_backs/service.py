"""Who waits to be called back, and that somebody did."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.casework.errors import FORBIDDEN, NOT_FOUND, CaseworkError
from app.clock import utcnow
from app.models import CallbackRequest, User
from app.openings.subjects import may_open

SHOWN_AFTER_DONE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DoneRequest:
    """A request that was dealt with, and by whom."""

    request: CallbackRequest
    done_by: str


def open_requests(session: Session) -> Sequence[CallbackRequest]:
    """Who waits, the longest first."""
    return session.scalars(_open().order_by(CallbackRequest.requested_at)).all()


def count_open(session: Session) -> int:
    """How many wait."""
    return session.scalar(_open().with_only_columns(func.count())) or 0


def done_requests(session: Session) -> list[DoneRequest]:
    """Who was called back within a week, the latest first."""
    rows = session.execute(
        select(CallbackRequest, User.display_name)
        .outerjoin(User, User.id == CallbackRequest.done_by_id)
        .where(CallbackRequest.done_at > utcnow() - SHOWN_AFTER_DONE)
        .order_by(CallbackRequest.done_at.desc())
    )
    return [DoneRequest(request, name or "") for request, name in rows]


def mark_done(session: Session, user: User, request_id: uuid.UUID) -> CallbackRequest:
    """Say that somebody was called back. Done before: nothing changes.

    Raises CaseworkError: `forbidden`, `not_found`.
    """
    if not may_open(user):
        raise CaseworkError(FORBIDDEN)
    request = session.scalar(
        select(CallbackRequest).where(CallbackRequest.id == request_id).with_for_update()
    )
    if request is None:
        raise CaseworkError(NOT_FOUND)
    if request.done_at is None:
        request.done_at, request.done_by_id = utcnow(), user.id
        audit.record(session, Action.CALL_BACK_DONE, f"call_back:{request.id}", actor=f"user:{user.id}")
    return request


def _open() -> Select[CallbackRequest]:
    return select(CallbackRequest).where(CallbackRequest.done_at.is_(None))
