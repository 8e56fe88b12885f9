"""Handing a report back to the machine for half an hour: its private key, sealed to the workers by a member.

For what needs the original again: a wrong mask to be taken away, a message that was moved to be read anew, parts of a
picture to be hidden. The key is erased when the work is done, or by the sweep when the time is over.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, or_, select, update
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.current import current_settings
from app.models import Report, ReportKey, User
from app.safe.errors import LOCKED, SafeError
from app.safe.holding import Unlocked
from app.safe.opening import sealed_under
from app.safe.unlocking import unlocked
from app.sealing import key_id, seal_bytes

RETURNED_FOR = timedelta(minutes=30)
_TAKEN = {"returned_private": None, "returned_until": None, "returned_by_id": None}


def hand_back(session: Session, user: User, opened: Unlocked, report_id: uuid.UUID) -> None:
    """Let the workers open one report again for half an hour. Whether the person may is the caller's to check.

    Raises SafeError as `Unlocked.report_key` does.
    """
    key = session.scalars(select(ReportKey).where(ReportKey.report_id == report_id).with_for_update()).one()
    private = opened.report_key(session, report_id)
    key.returned_private = seal_bytes(bytes(private), current_settings().intake_public_key)
    key.returned_until, key.returned_by_id = utcnow() + RETURNED_FOR, user.id
    audit.record(session, Action.REPORT_HANDED_BACK, f"report:{report_id}", actor=f"user:{user.id}")


def hand_back_if_resealed(
    session: Session, user: User, report_id: uuid.UUID, values: Iterable[bytes | None]
) -> None:
    """Hand back whatever report keys these sealed values of a report are under; nothing to do before re-sealing.

    Raises SafeError: `safe_locked`, and as `Unlocked.report_key` does.
    """
    for key in keys_over(session, report_id, values):
        opened = unlocked()
        if opened is None:
            raise SafeError(LOCKED)
        hand_back(session, user, opened, key.report_id)


def keys_over(session: Session, report_id: uuid.UUID, values: Iterable[bytes | None]) -> list[ReportKey]:
    """The report keys that these sealed values of a report are under: its own, or of what it was moved from."""
    identifiers = {sealed_under(value) for value in values if value}
    keys = session.scalars(select(ReportKey).where(of_report(report_id))).all()
    return [key for key in keys if key_id(bytes(key.public_key)) in identifiers]


def of_report(report_id: uuid.UUID) -> ColumnElement[bool]:
    """The condition on report keys that something of a report can be under them: its own key, and those of the same
    phone's other reports, from which a message may have been moved.
    """
    contact = select(Report.contact_id).where(Report.id == report_id).scalar_subquery()
    of_phone = select(Report.id).where(Report.contact_id == contact)
    return or_(ReportKey.report_id == report_id, ReportKey.report_id.in_(of_phone))


def take_back(session: Session, report_id: uuid.UUID) -> None:
    """Erase the private key that was handed to the workers for one report."""
    session.execute(update(ReportKey).where(ReportKey.report_id == report_id).values(_TAKEN))


def erase_returned(session: Session, now: datetime) -> int:
    """Erase every private key that was handed back and whose half hour is over; how many there were."""
    over = ReportKey.returned_private.is_not(None) & (ReportKey.returned_until <= now)
    erased = session.execute(update(ReportKey).where(over).values(_TAKEN))
    return erased.rowcount if isinstance(erased, CursorResult) else 0
