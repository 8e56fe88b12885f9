"""Which gateway a message goes out by, of those that could take it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from workers.outbox.pacing import free_at

FAVOURITE_FOR = timedelta(seconds=60)  # so long a message waits for the gateway that its conversation goes by


@dataclass(frozen=True, slots=True)
class Candidate:
    """A gateway that could take the message: how it is preferred (lowest first), when its rate lets it, its rest."""

    slug: str
    preference: int = 10
    next_free_at: datetime | None = None
    resting_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What matters of a message: its conversation's gateway, since when it is there, how often which gateway just
    failed for it.
    """

    created_at: datetime
    favourite: str = ""
    failures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Use:
    """Hand it to this gateway now."""

    slug: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Look again at `until`. `slug` is the gateway whose rate it waits for, empty where all are resting.

    From `reconsider_at` on another gateway may take it.
    """

    until: datetime
    slug: str = ""
    reconsider_at: datetime | None = None


def choose(candidates: Sequence[Candidate], wanted: Wanted, now: datetime) -> Use | Wait:
    """The gateway of the conversation, else by preference; those that failed for this message last, none that rests.

    `candidates` must not be empty.
    """
    awake = [candidate for candidate in candidates if not _rests(candidate, now)]
    if not awake:
        return Wait(min(candidate.resting_until or now for candidate in candidates))
    ordered = sorted(awake, key=lambda candidate: _rank(candidate, wanted))
    may_leave_favourite = now - wanted.created_at >= FAVOURITE_FOR
    eligible = ordered if may_leave_favourite else ordered[:1]
    free = [candidate for candidate in eligible if free_at(candidate.next_free_at, now) <= now]
    if free:
        return Use(free[0].slug)
    soonest = min(eligible, key=lambda candidate: free_at(candidate.next_free_at, now))
    reconsider_at = wanted.created_at + FAVOURITE_FOR if len(ordered) > len(eligible) else None
    return Wait(free_at(soonest.next_free_at, now), soonest.slug, reconsider_at)


def _rests(candidate: Candidate, now: datetime) -> bool:
    return candidate.resting_until is not None and candidate.resting_until > now


def _rank(candidate: Candidate, wanted: Wanted) -> tuple[int, bool, int, str]:
    is_other = candidate.slug != wanted.favourite
    return (wanted.failures.get(candidate.slug, 0), is_other, candidate.preference, candidate.slug)
