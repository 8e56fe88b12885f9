"""Several releases laid over each other: whoever is told apart by all of them together is still one of many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.disclosure.villages import Row, columns, rows
from workers.disclosure.deciding import Decided, decide
from workers.disclosure.differencing import Partition, hold_back
from workers.disclosure.grouping import Violations
from workers.disclosure.limits import Limits, NotReleasable

LIMITS = Limits(k=5, l=2, highest_mean=0.05, most_suppressed=0.2)
Seen = dict[int, tuple[str, ...]]  # a file: what stands beside each case


class Audience:
    """Somebody who keeps every file, and recognises each row of one in the others."""

    def __init__(self) -> None:
        self.partition = Partition.empty()
        self.files: list[Seen] = []

    def gets(self, of: Sequence[Row]) -> Decided:
        """A release, as it is decided beside what came before."""
        decided = decide(
            columns(of), [row.violations for row in of], [row.member for row in of], LIMITS, [self.partition]
        )
        kept = np.flatnonzero(decided.kept).tolist()
        lines = list(zip(*decided.values.values(), strict=True))
        self.files.append({of[at].member: lines[at] for at in kept})
        self.partition = self.partition.after(decided.members, decided.classes)
        return decided

    def told_apart(self) -> dict[tuple[object, ...], set[int]]:
        """The cases that no file tells from each other, by what stands beside them in each ("absent" too)."""
        alike = defaultdict(set)
        for member in set().union(*self.files):
            alike[tuple(file.get(member, "absent") for file in self.files)].add(member)
        return alike

    def checked(self, of: Sequence[Row]) -> None:
        """Every group that all files together tell apart is large and knows no common violation."""
        told = {row.member: set(row.violations) for row in of}
        for beside, members in self.told_apart().items():
            assert len(members) >= LIMITS.k, beside
            if "absent" not in beside:
                assert not set.intersection(*(told[member] for member in members))


def test_two_exports_of_one_filter_with_a_few_more_cases_show_none_of_these() -> None:
    """The second holds what came since: too few of them alike, and their violations would be the difference."""
    cases = rows(400, 5, cercles=3)
    audience = Audience()
    first = audience.gets(cases[:-3])
    second = audience.gets(cases)
    new = {row.member for row in cases[-3:]}
    assert not new & set(audience.files[1])
    assert second.withheld + second.held_back >= 3
    audience.checked(cases)
    audience.gets(cases)  # the same once more goes out as well, and tells nothing new
    assert audience.files[2] == audience.files[1]
    assert first.kept.sum() > 300


def test_overlapping_filters_and_withdrawn_cases_leave_nobody_alone() -> None:
    cases = rows(900, 8, cercles=4)
    audience = Audience()
    audience.gets(cases[:600])
    audience.gets([row for row in cases if row.sex != "unknown"][:700])  # cuts through the first
    audience.gets([row for row in cases if row.cercle == "ML0101"])
    audience.gets([row for row in cases if row.member not in {7, 19}])  # two were withdrawn
    audience.checked(cases)


@settings(deadline=None, max_examples=12)
@given(st.lists(st.tuples(st.integers(0, 2**32), st.sampled_from([0.5, 0.9, 0.99])), min_size=2, max_size=4))
def test_whatever_is_exported_after_each_other(exports: list[tuple[int, float]]) -> None:
    cases = rows(250, 21, cercles=2)
    audience = Audience()
    for seed, share in exports:
        chosen = np.random.default_rng(seed).random(len(cases)) < share
        try:
            audience.gets([row for row, is_in in zip(cases, chosen, strict=True) if is_in])
        except NotReleasable:
            continue
    if audience.files:
        audience.checked(cases)


def test_a_wider_audience_counts_and_a_group_may_stay_away_as_a_whole() -> None:
    """Ten were published as two groups of five; a partner may get five of them, or ten, and no four."""
    public = Partition.empty().after(np.arange(1, 11), np.repeat([0, 1], 5))
    told = Violations.of([("torture",), ("rape",)] * 5)
    together = np.zeros(10, np.int64)

    def left(*members: int) -> list[int]:
        kept = np.isin(np.arange(1, 11), members)
        after = hold_back(kept, together, np.arange(1, 11), told, [Partition.empty(), public], LIMITS)
        return (np.flatnonzero(after) + 1).tolist()

    assert left(1, 2, 3, 4, 5) == [1, 2, 3, 4, 5]
    assert left(*range(1, 11)) == list(range(1, 11))
    assert left(1, 2, 3, 4, 6, 7, 8, 9, 10) == [6, 7, 8, 9, 10]
