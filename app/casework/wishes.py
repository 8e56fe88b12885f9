"""What a reporter wishes about being written to, as a colleague was told it."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.casework import history
from app.casework.errors import CaseworkError
from app.casework.history import EventKind
from app.casework.visibility import workable_case
from app.messaging.contacts import Wishes, set_wishes
from app.messaging.hours import minute_of
from app.models import Contact, Report, ReportState, User


def change_wishes(session: Session, user: User, case_id: uuid.UUID, wishes: Wishes) -> Contact:
    """Keep what the reporter of a case wishes; it holds for everything that is written to their phone.

    Raises CaseworkError: `not_found`, `forbidden`, `withdrawn`, `no_contact`.
    """
    case = workable_case(session, user, case_id, Permission.WORK_ON_CASES)
    contact = contact_of(session, case.id)
    if contact is None:
        raise CaseworkError("no_contact")
    set_wishes(session, contact, wishes, actor=f"user:{user.id}")
    history.tell(session, user, case, EventKind.WISHES_CHANGED)
    return contact


def contact_of(session: Session, case_id: uuid.UUID) -> Contact | None:
    """The phone of a case's latest report that was not withdrawn, or None."""
    return session.scalars(
        select(Contact)
        .join(Report, Report.contact_id == Contact.id)
        .where(Report.case_id == case_id, Report.state != ReportState.WITHDRAWN)
        .order_by(Report.received_at.desc(), Report.id)
        .limit(1)
    ).first()


def read_wishes(*, hours: str, first: str, last: str, is_never_written: bool, has_cover: bool) -> Wishes:
    """Wishes as typed into a form: `hours` is `between` or anything else for any time.

    Raises CaseworkError: `hour_from` or `hour_until` for what is no hour, `hours_same`.
    """
    if hours != "between":
        return Wishes(is_never_written, None, None, has_cover)
    start, end = minute_of(first), minute_of(last)
    if start is None:
        raise CaseworkError("hour_from")
    if end is None:
        raise CaseworkError("hour_until")
    if start == end:
        raise CaseworkError("hours_same")
    return Wishes(is_never_written, start, end, has_cover)
