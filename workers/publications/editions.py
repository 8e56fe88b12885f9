"""Figures of the same days handed out twice never differ by so few that the difference tells of somebody.

What was last handed out of a quarter, to everybody or in a report, is kept as it was before suppression. The next
time, a figure that moved by fewer than may be shown stays as it was. Tables that count the same cases must go on
agreeing with each other: they move together, or not at all. A year is the sum of its quarters, as they were handed out.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import reduce
from typing import Any

from sqlalchemy.orm import Session

from app.models import User
from app.publications.editions import last_of, put
from app.publications.periods import Period
from workers.exports.ledger import LedgerMoved
from workers.publications.counting import Counts, count

_PAIRED = ("places", "violations", "natures", "victims", "referrals")
_PLAIN = ("received", "verified", "authors")
# Tables of the same cases, of which one gives away what changed in another.
_TOGETHER = (("verified", "places"), ("violations", "natures"))
_ALONE = ("authors", "victims", "referrals")
Leaves = Mapping[Any, int]


@dataclass(frozen=True, slots=True)
class Edition:
    """The counts of a period as they are to be handed out, and those of each part of it, to be kept once they are."""

    counts: Counts
    parts: Mapping[str, Counts]
    versions: Mapping[str, int]  # of what each part was compared with

    def note(self, session: Session) -> None:
        """Keep what was handed out, in the transaction that hands it out. Raises LedgerMoved where something else of
        the same days was handed out meanwhile.
        """
        for code, counts in self.parts.items():
            _keep(session, code, packed(counts), self.versions[code])


def next_edition(session: Session, period: Period, threshold: int, user: User | None = None) -> Edition:
    """Count a period as this person may know of cases, beside what was handed out of it before. Reads only."""
    parts, versions = {}, {}
    for each in quarters_of(period):
        now, last = count(session, each, user), last_of(session, each.code)
        parts[each.code] = now if last is None else steadied(unpacked(last.counts), now, threshold)
        versions[each.code] = last.version if last else 0
    return Edition(reduce(_added, parts.values()), parts, versions)


def quarters_of(period: Period) -> Sequence[Period]:
    """The quarters of a year; what isn't longer than a quarter is its own."""
    if period.months <= 3:
        return [period]
    return [Period(period.year, month, 3) for month in range(period.month, period.month + period.months, 3)]


def _keep(session: Session, period: str, content: bytes, compared_with: int) -> None:
    last = last_of(session, period, is_locked=True)
    if (last.version if last else 0) != compared_with:
        raise LedgerMoved
    put(session, period, content)


def steadied(earlier: Counts, now: Counts, threshold: int) -> Counts:
    """The counts of the next edition: what moved by fewer than `threshold` stays as it was."""
    kept: dict[str, Leaves] = {}
    for names in _TOGETHER:
        before = all(_moved_enough(getattr(earlier, name), getattr(now, name), threshold) for name in names)
        kept |= {name: getattr(now if before else earlier, name) for name in names}
    kept |= {name: _steady(getattr(earlier, name), getattr(now, name), threshold) for name in _ALONE}
    others = _steady(_unverified(earlier), _unverified(now), threshold)
    return replace(now, **kept, received=_sum(kept["verified"], others))


def packed(counts: Counts) -> bytes:
    """Counts as bytes."""
    said = asdict(counts)
    paired = {name: [[*pair, number] for pair, number in sorted(said[name].items())] for name in _PAIRED}
    return zlib.compress(
        json.dumps({**{name: said[name] for name in _PLAIN}, **paired}, sort_keys=True).encode()
    )


def unpacked(content: bytes) -> Counts:
    """The counts that were packed."""
    said = json.loads(zlib.decompress(content))
    paired = {name: {(row, column): number for row, column, number in said[name]} for name in _PAIRED}
    return Counts(**{**said, **paired})


def _added(one: Counts, other: Counts) -> Counts:
    names = (*_PLAIN, *_PAIRED)
    return Counts(**{name: _sum(getattr(one, name), getattr(other, name)) for name in names})


def _sum(one: Leaves, other: Leaves) -> dict[Any, int]:
    """Leaf by leaf; also those of which there are none."""
    return {leaf: one.get(leaf, 0) + other.get(leaf, 0) for leaf in dict.fromkeys([*one, *other])}


def _unverified(counts: Counts) -> dict[Any, int]:
    return {month: number - counts.verified.get(month, 0) for month, number in counts.received.items()}


def _moved_enough(earlier: Leaves, now: Leaves, threshold: int) -> bool:
    """Whether no leaf moved by fewer than may be shown."""
    moved = Counter(now)
    moved.subtract(earlier)
    return all(number == 0 or abs(number) >= threshold for number in moved.values())


def _steady(earlier: Leaves, now: Leaves, threshold: int) -> dict[Any, int]:
    leaves = dict.fromkeys([*now, *earlier])
    both = {leaf: (earlier.get(leaf, 0), now.get(leaf, 0)) for leaf in leaves}
    return {leaf: new if abs(new - old) >= threshold else old for leaf, (old, new) in both.items()}
