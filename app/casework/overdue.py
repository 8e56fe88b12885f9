"""Which cases wait for longer than they should: for the first person, or for the answer of who was asked to act."""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib import resources

from sqlalchemy import ColumnElement, Select, and_, literal_column, or_, select

from app.casework.disclosure import may_read_account
from app.models import Case, CaseStatus, Referral, ReferralState, User


@cache
def triage_limits() -> Mapping[int, timedelta]:
    """How long a new case of each urgency may wait, as triage_hours.toml says."""
    hours = tomllib.loads(resources.files(__package__).joinpath("triage_hours.toml").read_text("utf-8"))
    return {int(urgency): timedelta(hours=limit) for urgency, limit in hours.items()}


def is_overdue(user: User, now: datetime) -> ColumnElement[bool]:
    """Open, and past the first triage or past the deadline of a referral that this person may know of. Of whom only
    the summary is shown, the desk's triage says when the report came in: that is none of their business.
    """
    is_new = Case.status == literal_column(f"'{CaseStatus.NEW}'")
    waited = (
        and_(Case.urgency == level, Case.received_at < now - limit)
        for level, limit in triage_limits().items()
    )
    triage = and_(is_new, or_(*waited), may_read_account(user))
    return or_(triage, Case.id.in_(_past_deadline(user, now)))


def _past_deadline(user: User, now: datetime) -> Select[uuid.UUID]:
    """Cases asked of somebody who should have answered or finished by now."""
    awaited: list[ColumnElement[str]] = [
        literal_column(f"'{state}'") for state in (ReferralState.SENT, ReferralState.ACCEPTED)
    ]
    late = select(Referral.case_id).where(Referral.state.in_(awaited), Referral.deadline_at < now)
    if not user.organisation.sees_every_case:
        late = late.where(Referral.organisation_id == user.organisation_id)
    return late
