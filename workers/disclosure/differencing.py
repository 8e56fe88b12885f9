"""What two releases show together, and what must stay back so that their difference shows nobody.

Who has two files can tell apart what only one of them tells apart: rows that are in one and not in the other, and rows
that looked alike in one and don't in the other. We assume the worst, that he recognises each row of one in the other.
All releases to one audience are kept as one *partition* of the cases it ever got: two cases are of one group if no
release so far tells them apart. A new release must leave every group, and every part into which it splits one, large
enough; a group may also stay away as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.disclosure.grouping import Violations, diversity, relabelled
from workers.disclosure.hierarchy import Codes
from workers.disclosure.limits import Limits
from workers.disclosure.risks import of_rows

Mask = NDArray[np.bool_]
NEW = 0  # the group of those that the audience never got


@dataclass(frozen=True, slots=True)
class Partition:
    """What an audience got: the cases by number, in ascending order, and the group of each (from 1 on)."""

    members: Codes
    groups: Codes

    @classmethod
    def empty(cls) -> Partition:
        """Nothing yet."""
        return cls(np.empty(0, np.int64), np.empty(0, np.int64))

    @property
    def sizes(self) -> Codes:
        """How many each group has; what was erased since counts, for who got it has it still."""
        return np.bincount(self.groups, minlength=1)

    def groups_of(self, members: Codes) -> Codes:
        """The group of each of these cases, NEW for those that were never released."""
        if not len(self.members):
            return np.full(len(members), NEW, np.int64)
        at = np.minimum(np.searchsorted(self.members, members), len(self.members) - 1)
        return np.where(self.members[at] == members, self.groups[at], NEW)

    def after(self, members: Codes, classes: Codes) -> Partition:
        """The partition once these cases went out too, alike where `classes` are equal."""
        order = np.argsort(members)
        members, classes = members[order], classes[order]
        everybody = np.union1d(self.members, members)
        before, now = self.groups_of(everybody), np.zeros(len(everybody), np.int64)
        now[np.searchsorted(everybody, members)] = relabelled(classes) + 1
        return Partition(everybody, relabelled(before * (int(now.max(initial=0)) + 1) + now) + 1)


def hold_back(
    kept: Mask,
    classes: Codes,
    members: Codes,
    violations: Violations,
    earlier: Sequence[Partition],
    limits: Limits,
) -> Mask:
    """Which of the kept rows may still go out beside all earlier releases. Never more than `kept`."""
    before = [partition.groups_of(members) for partition in earlier]
    while True:
        remaining = kept
        for partition, groups in zip(earlier, before, strict=True):
            remaining = _beside(remaining, classes, groups, partition.sizes, violations, limits)
        remaining = _alike(remaining, classes, violations, limits)
        if bool((remaining == kept).all()):
            return kept
        kept = remaining


def _beside(
    kept: Mask, classes: Codes, before: Codes, sizes: Codes, violations: Violations, limits: Limits
) -> Mask:
    """Drop the parts of earlier groups that are too small, then more, until what is missing of a group is many."""
    parts = relabelled(before * (int(classes.max(initial=0)) + 1) + classes)
    kept = _alike(kept, parts, violations, limits)
    here = np.bincount(before[kept], minlength=len(sizes))
    missing = sizes - here
    torn = (missing > 0) & (missing < limits.k) & (here > 0)
    torn[NEW] = False
    kept = kept.copy()
    for group in np.flatnonzero(torn):
        _widen(kept, np.flatnonzero(kept & (before == group)), parts, int(missing[group]), limits.k)
    return kept


def _widen(kept: Mask, rows: Codes, parts: Codes, missing: int, k: int) -> None:
    """Take out the smallest parts of one group until at least `k` of it are missing."""
    numbers, sizes = np.unique(parts[rows], return_counts=True)
    for number, size in sorted(
        zip(numbers.tolist(), sizes.tolist(), strict=True), key=lambda part: part[::-1]
    ):
        if missing >= k:
            return
        kept[rows[parts[rows] == number]] = False
        missing += size


def _alike(kept: Mask, groups: Codes, violations: Violations, limits: Limits) -> Mask:
    """Only those of groups that are large and diverse enough."""
    if not kept.any():
        return kept
    of_row = relabelled(groups[kept])
    sizes = np.bincount(of_row)
    good = (sizes >= limits.k) & (diversity(of_row, sizes, of_rows(violations, kept)) >= limits.l)
    remaining = kept.copy()
    remaining[kept] = good[of_row]
    return remaining
