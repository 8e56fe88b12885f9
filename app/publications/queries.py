"""Which snapshots there are."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.errors import NOT_FOUND, CaseworkError
from app.models import Publication, PublicationState
from app.publications.periods import Period
from app.publications.rules import rules

_EVER_PUBLIC = (PublicationState.PUBLISHED, PublicationState.RETRACTED)
_STANDING = (PublicationState.ASKED, PublicationState.PROPOSED, PublicationState.PUBLISHED)
OFFERED = 8  # periods to choose from


def published(session: Session) -> Sequence[Publication]:
    """What everybody may read, the latest period first."""
    statement = select(Publication).where(Publication.state == PublicationState.PUBLISHED)
    return session.scalars(statement.order_by(Publication.period.desc())).all()


def ever_public(session: Session) -> Sequence[Publication]:
    """What was ever public, retracted ones among them, the latest first."""
    statement = select(Publication).where(Publication.state.in_(_EVER_PUBLIC))
    return session.scalars(statement.order_by(Publication.period.desc(), Publication.number.desc())).all()


def public_one(session: Session, number: int) -> Publication | None:
    """A snapshot that is or was public, by its number."""
    statement = select(Publication).where(Publication.number == number, Publication.state.in_(_EVER_PUBLIC))
    return session.scalar(statement)


def all_snapshots(session: Session) -> Sequence[Publication]:
    """For the desk: whatever was asked for, the latest first."""
    return session.scalars(select(Publication).order_by(Publication.number.desc())).all()


def snapshot(session: Session, publication_id: uuid.UUID, *, is_locked: bool = False) -> Publication:
    """One of them, to be changed where `is_locked`. Raises CaseworkError("not_found")."""
    lock = {"of": Publication} if is_locked else None
    found = session.get(Publication, publication_id, with_for_update=lock)
    if found is None:
        raise CaseworkError(NOT_FOUND)
    return found


def earlier_of(session: Session, period: Period) -> Sequence[Publication]:
    """What was public of a period before: whoever kept it can subtract it from what becomes public now."""
    statement = select(Publication).where(
        Publication.period == period.code, Publication.state.in_(_EVER_PUBLIC)
    )
    return session.scalars(statement.order_by(Publication.number)).all()


def is_taken(session: Session, period: Period) -> bool:
    """Whether something of these days is public or on its way: periods never overlap."""
    codes = session.scalars(select(Publication.period).where(Publication.state.in_(_STANDING)))
    return any(period.overlaps(Period.parse(code)) for code in codes)


def was_tried(session: Session, period: Period) -> bool:
    """Whether this period was ever counted: the clock leaves to people what failed or what they discarded."""
    return (
        session.scalar(select(Publication.id).where(Publication.period == period.code).limit(1)) is not None
    )


def free_periods(session: Session, latest: Period, today: date) -> list[Period]:
    """Periods that are due and not taken, the latest first."""
    period, found = latest, []
    for _ in range(OFFERED):
        if period.months == rules().months and period.last < today and not is_taken(session, period):
            found.append(period)
        period = period.before
    return found
