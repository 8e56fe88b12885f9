"""How much each person opens: a limit in the hour, and what is unusual beside their colleagues (limits.toml)."""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from statistics import median
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission, may
from app.casework.errors import CaseworkError
from app.clock import utcnow
from app.models import Opening, Organisation, OrganisationKind, User
from app.notifications.kinds import NoticeKind, facts
from app.notifications.service import notify, people_of

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Threshold:
    """What is unusual within so many days."""

    days: int
    at_least: int
    times_median: float

    def is_passed(self, count: int, of_colleagues: float) -> bool:
        """Whether somebody who opened so many stands out from half of their colleagues."""
        return count > self.at_least and count > self.times_median * of_colleagues


@dataclass(frozen=True, slots=True)
class Amount:
    """What one person opened within a threshold's days, and the median of their colleagues."""

    count: int
    of_colleagues: float
    is_unusual: bool


@dataclass(frozen=True, slots=True)
class PersonAmounts:
    """One person's amounts, one for each threshold."""

    user: User
    amounts: Sequence[Amount]

    @property
    def is_unusual(self) -> bool:
        """Whether any of them stands out."""
        return any(each.is_unusual for each in self.amounts)


def check_rate(session: Session, user: User) -> None:
    """Raises CaseworkError(`openings_many`) when a person opened as many things as one may in an hour."""
    count = _counts(session, [user.id], utcnow() - HOUR).get(user.id, 0)
    if count >= most_in_an_hour():
        raise CaseworkError("openings_many")


def amounts_for(
    session: Session, user: User, now: datetime
) -> list[tuple[Organisation, list[PersonAmounts]]]:
    """What was opened, by organisation: one's own first, and for the desk every other that opened anything."""
    own = user.organisation
    others = select(Organisation).where(Organisation.id != own.id).order_by(Organisation.name)
    shown = [own, *(session.scalars(others).all() if own.sees_every_case else [])]
    found = [(each, amounts(session, each, now)) for each in shown]
    return [
        (each, people)
        for each, people in found
        if people and (each is own or any(person.amounts[-1].count for person in people))
    ]


def amounts(session: Session, organisation: Organisation, now: datetime) -> list[PersonAmounts]:
    """What each person of an organisation who may open things opened, those who stand out first."""
    people = _openers(session, organisation)
    of_days = [_amounts_within(session, people, each, now) for each in thresholds()]
    found = [PersonAmounts(user, [each[user.id] for each in of_days]) for user in people]
    return sorted(found, key=lambda each: (not each.is_unusual, -each.amounts[-1].count))


def tell_of_unusual(session: Session, user: User) -> None:
    """Tell the desk's supervisors once that somebody opens unusually much; not the one it is about."""
    session.flush()
    now = utcnow()
    people = _openers(session, user.organisation)
    if not any(_is_first_past(session, people, user, each, now) for each in thresholds()):
        return
    permission = facts(NoticeKind.OPENED_MUCH).permission
    desks = session.scalars(select(Organisation).where(Organisation.kind == OrganisationKind.DESK))
    told = [each for desk in desks for each in people_of(session, desk, permission) if each.id != user.id]
    notify(session, NoticeKind.OPENED_MUCH, told, detail={"user": str(user.id)})


def _is_first_past(
    session: Session, people: Sequence[User], user: User, threshold: Threshold, now: datetime
) -> bool:
    """Whether it is this opening by which the person came to stand out, or a tenth one after it."""
    count = _counts(session, [user.id], now - timedelta(days=threshold.days)).get(user.id, 0)
    if count <= threshold.at_least or (count - threshold.at_least) % 10 != 1:
        return False
    return _amounts_within(session, people, threshold, now)[user.id].is_unusual


def _amounts_within(
    session: Session, people: Sequence[User], threshold: Threshold, now: datetime
) -> Mapping[uuid.UUID, Amount]:
    since = now - timedelta(days=threshold.days)
    counts = _counts(session, [each.id for each in people], since)
    return {each.id: _amount(counts, people, each, threshold) for each in people}


def _amount(
    counts: Mapping[uuid.UUID, int], people: Sequence[User], user: User, threshold: Threshold
) -> Amount:
    of_colleagues = median([counts.get(each.id, 0) for each in people if each.id != user.id] or [0])
    count = counts.get(user.id, 0)
    return Amount(count, of_colleagues, threshold.is_passed(count, of_colleagues))


def _openers(session: Session, organisation: Organisation) -> list[User]:
    people = session.scalars(
        select(User).where(User.organisation_id == organisation.id).order_by(User.display_name)
    ).unique()
    return [each for each in people if may(each.role, Permission.OPEN_SEALED)]


def _counts(session: Session, user_ids: Sequence[uuid.UUID], since: datetime) -> dict[uuid.UUID, int]:
    counted = (
        select(Opening.user_id, func.count())
        .where(Opening.user_id.in_(user_ids), Opening.asked_at > since)
        .group_by(Opening.user_id)
    )
    return {row[0]: row[1] for row in session.execute(counted)}


def most_in_an_hour() -> int:
    """How many things one person can open in an hour."""
    return int(_limits()["most_in_an_hour"])


@cache
def thresholds() -> tuple[Threshold, ...]:
    """What is unusual, by the number of days."""
    return tuple(Threshold(**each) for each in _limits()["unusual"])


@cache
def _limits() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("app.openings").joinpath("limits.toml").read_text("utf-8"))
