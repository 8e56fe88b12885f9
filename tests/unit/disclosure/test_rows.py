"""Rows that go out: what somebody who knows a victim finds, and whether the search finds what loses least."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycanon import anonymity

from tests.unit.disclosure.villages import ALL, Row, columns, majority, rows
from workers.disclosure.deciding import Decided, decide
from workers.disclosure.grouping import Violations, group
from workers.disclosure.hierarchy import Hierarchy, NotNested
from workers.disclosure.lattice import Search, loss
from workers.disclosure.limits import Limits, NotReleasable, Why
from workers.disclosure.periods import PERIODS, period_of
from workers.disclosure.risks import confirm, of_rows, risks_of

PUBLIC = Limits(k=10, l=3, highest_mean=0.03, most_suppressed=0.1)
PARTNER = Limits(k=5, l=2, highest_mean=0.03, most_suppressed=0.1)


def release(of: Sequence[Row], limits: Limits, earlier: Sequence[object] = (), **finest: str) -> Decided:
    return decide(
        columns(of, **finest), [row.violations for row in of], [row.member for row in of], limits, earlier
    )  # type: ignore[arg-type]


def knowledge(victim: Row, levels: Mapping[str, str]) -> tuple[str, str, str, str]:
    """What somebody who knows cercle, day, sex and age of a victim looks for in the file."""
    return (
        {"cercle": victim.cercle, "region": victim.cercle[:4]}.get(levels["place"], "*"),
        period_of(victim.day, levels["date"]) if levels["date"] in PERIODS else "*",
        victim.sex if levels["sex"] == "sex" else "*",
        {"group": victim.age, "majority": majority(victim.age)}.get(levels["age"], "*"),
    )


def candidates(known: tuple[str, ...], decided: Decided) -> list[int]:
    """Rows of the file that could be the victim's: what is unknown in a row could be anybody's."""
    possible = decided.kept.copy()
    for value, column in zip(known, decided.values.values(), strict=True):
        possible &= np.isin(column, [value, "unknown"])
    return [int(at) for at in np.flatnonzero(possible)]


@pytest.mark.parametrize(
    ("limits", "finest"), [(PUBLIC, {"place": "region", "time": "month"}), (PARTNER, {})]
)
def test_who_knows_the_victim_singles_out_nobody_and_learns_the_violation_of_nobody(
    limits: Limits, finest: dict[str, str]
) -> None:
    cases = rows(1000, 3)
    decided = release(cases, limits, **finest)
    assert decided.kept.sum() >= 0.9 * len(cases)
    assert decided.risks.mean <= 0.03
    assert decided.risks.k >= limits.k
    for known in {knowledge(victim, decided.levels) for victim in cases}:
        found = candidates(known, decided)
        if not found:
            continue  # held back: nothing of it is in the file
        told = Counter(kind for at in found for kind in set(cases[at].violations))
        assert len(found) >= limits.k
        assert len({frozenset(cases[at].violations) for at in found}) >= limits.l
        assert max(told.values()) < len(found)  # no violation is common to all that could be the victim


def test_the_search_finds_what_loses_least_as_looking_at_every_node_does() -> None:
    cases = rows(300, 11, cercles=6)
    of = list(columns(cases).values())
    told = Violations.of([row.violations for row in cases])
    together = np.zeros(len(cases), np.int64)
    limits = Limits(k=5, l=2, highest_mean=0.06, most_suppressed=0.1)
    losses = []
    for node in itertools.product(*(range(column.heights) for column in of)):
        groups = group(of, node, told, together)
        kept = groups.fit(limits)[groups.of_row]
        if kept.any() and (~kept).sum() <= 30:
            losses.append(loss(of, node, kept))
    found = Search(of, told, limits, together).best()
    assert found is not None
    assert found.loss == pytest.approx(min(losses))


frames = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.sampled_from(["torture", "rape", "threat"])),
    min_size=1,
    max_size=40,
)


@settings(deadline=None, max_examples=30)
@given(frames)
def test_our_figures_are_those_of_pycanon(told: list[tuple[str, str, str]]) -> None:
    frame = pd.DataFrame(told, columns=["place", "sex", "violation"])
    groups = frame.groupby(["place", "sex"]).ngroup().to_numpy()
    found = risks_of(groups, Violations.of([(row[2],) for row in told]), {}, 0.0)
    assert found.k == anonymity.k_anonymity(frame, ["place", "sex"])
    assert found.l == anonymity.l_diversity(frame, ["place", "sex"], ["violation"])
    assert found.highest == 1 / found.k
    assert found.mean == pytest.approx(np.mean([1 / (groups == each).sum() for each in groups]))


def test_a_release_that_pycanon_does_not_confirm_is_refused() -> None:
    told = Violations.of([("torture",), ("rape",)] * 3)
    confirm({"place": ["a"] * 6}, told, Limits(k=6, l=2))
    for place, limits in (("a", Limits(k=7, l=2)), ("a", Limits(k=6, l=3)), ("b", Limits(k=2, l=2))):
        with pytest.raises(NotReleasable, match="unconfirmed"):
            confirm({"place": ["a"] * 5 + [place]}, told, limits)


@pytest.mark.parametrize(
    ("count", "kinds", "why"),
    [(0, 2, Why.TOO_FEW), (20, 2, Why.TOO_FEW), (60, 1, Why.TOO_ALIKE)],
)
def test_what_cannot_be_made_safe_is_refused_with_the_reason(count: int, kinds: int, why: Why) -> None:
    place = Hierarchy.of(["a"] * count, (("cercle", str), ALL))
    violations = [(f"kind {at % kinds}",) for at in range(count)]
    with pytest.raises(NotReleasable) as refused:
        decide({"place": place}, violations, range(count), PARTNER)
    assert refused.value.why is why


def test_a_violation_that_all_share_beside_others_is_seen() -> None:
    """Several combinations, but torture in each: l-diversity that only counts combinations would let it pass."""
    told = Violations.of([("torture",), ("torture", "rape"), ("torture", "threat")] * 5)
    assert risks_of(np.zeros(15, np.int64), told, {}, 0.0).l == 1
    assert risks_of(np.zeros(15, np.int64)[1:], of_rows(told, np.arange(15) > 0), {}, 0.0).l == 1


@given(st.lists(st.dates().map(str), min_size=1, max_size=30))
def test_periods_nest(days: list[str]) -> None:
    """Two days of one week are of one month, of one month in one quarter: no two forms can be laid over each other."""
    for finer, coarser in itertools.pairwise(PERIODS):
        inside = defaultdict(set)
        for day in days:
            assert period_of(period_of(day, finer), coarser) == period_of(day, coarser)
            inside[period_of(day, finer)].add(period_of(day, coarser))
        assert all(len(each) == 1 for each in inside.values())


def test_steps_that_do_not_nest_are_refused() -> None:
    days = ["2026-01-31", "2026-02-01"]  # Saturday and Sunday of one week
    with pytest.raises(NotNested):
        Hierarchy.of(days, (("week", lambda day: period_of(day, "week")), ("month", lambda day: day[:7])))
