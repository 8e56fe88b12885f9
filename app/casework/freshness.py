"""What has come in since a page was drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.models import Case, Referral, ReferralState, User

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LARGEST_NUMBER = 2**31 - 1
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Mark:
    """The moment a page was drawn and the highest case number there was: cases get theirs when they are opened."""

    number: int
    at: datetime

    def encode(self) -> str:
        """The word to ask with later."""
        return f"{self.number}.{(self.at - _EPOCH) // timedelta(microseconds=1)}"


def decode(word: str) -> Mark | None:
    """The mark of a word, or None if it isn't one of ours."""
    number, _, moment = word[:_LONGEST].partition(".")
    if not (number.isascii() and number.isdigit() and moment.isascii() and moment.isdigit()):
        return None
    if int(number) > _LARGEST_NUMBER:
        return None
    try:
        return Mark(int(number), _EPOCH + timedelta(microseconds=int(moment)))
    except OverflowError:
        return None


def mark_now(session: Session, user: User) -> Mark:
    """The mark of a page that is being drawn. How many cases there are is the desk's to know."""
    is_desk = user.organisation.sees_every_case
    highest = session.scalar(select(func.max(Case.number))) if is_desk else 0
    return Mark(highest or 0, utcnow())


def is_new(user: User, mark: Mark) -> ColumnElement[bool]:
    """The condition on cases that this person may see them only since then: opened for the desk, sent to a partner."""
    return Case.number > mark.number if user.organisation.sees_every_case else _sent_since(user, mark)


def _sent_since(user: User, mark: Mark) -> ColumnElement[bool]:
    return Case.id.in_(
        select(Referral.case_id).where(
            Referral.organisation_id == user.organisation_id,
            Referral.state == ReferralState.SENT,
            or_(Referral.created_at > mark.at, Referral.decided_at > mark.at),
        )
    )
