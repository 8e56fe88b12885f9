"""Tables with hidden cells: somebody who knows all totals and can calculate gets no small count out of them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from workers.disclosure.tables import TOTAL, Dimension, SuppressedTable, Table, suppress, suppress_linked

THRESHOLD = 5
CERCLES = Dimension("place", ("a1", "a2", "b1", "b2", "b3"), {"a": ("a1", "a2"), "b": ("b1", "b2", "b3")})
KINDS = Dimension("violation", ("torture", "rape", "threat"), is_sensitive=True)
MONTHS = Dimension("month", ("2026-01", "2026-02"))


def recovered(tables: list[SuppressedTable]) -> list[object]:
    """Hidden cells that an attacker knows to within THRESHOLD - 1: his own equations, written out from the pages.

    He takes the leaves of each table for unknowns; every total is a sum of them; a total that stands in two tables is
    the same number. A zero is shown, so he takes what is hidden for at least 1, but for hidden zeros.
    """
    leaves = [
        (at, place)
        for at, shown in enumerate(tables)
        for place in itertools.product(*(dimension.leaves for dimension in shown.table.dimensions))
    ]
    column = {leaf: number for number, leaf in enumerate(leaves)}
    sums, known, hidden, shared = [], [], [], {}
    for at, shown in enumerate(tables):
        for place in itertools.product(*(dimension.nodes for dimension in shown.table.dimensions)):
            line = np.zeros(len(leaves))
            for leaf in itertools.product(
                *(
                    _under(dimension, node)
                    for dimension, node in zip(shown.table.dimensions, place, strict=True)
                )
            ):
                line[column[at, leaf]] = 1
            count = shown.shown(*place)
            if count is None:
                hidden.append((place, line))
            else:
                sums.append(line)
                known.append(count)
            key = shown.table.key(place)
            if key in shared:
                sums.append(line - shared[key])
                known.append(0)
            shared.setdefault(key, line)
    limits = [(_least(tables[at], place), 10_000) for at, place in leaves]
    return [place for place, line in hidden if _width(line, sums, known, limits) <= 2 * (THRESHOLD - 1)]


def _least(shown: SuppressedTable, leaf: tuple[str, ...]) -> int:
    places = zip(shown.table.dimensions, leaf, strict=True)
    return min(1, int(shown.table.counts[tuple(each.leaves.index(node) for each, node in places)]))


def _under(dimension: Dimension, node: str) -> tuple[str, ...]:
    if node == TOTAL:
        return dimension.leaves
    return tuple(dimension.groups.get(node, (node,)))


def _width(
    line: np.ndarray, sums: list[np.ndarray], known: list[int], limits: list[tuple[int, int]]
) -> float:
    equal = {"A_eq": np.array(sums), "b_eq": np.array(known)} if sums else {}
    least, most = (linprog(sign * line, bounds=limits, method="highs", **equal) for sign in (1, -1))
    return float(-most.fun - least.fun + 1e-6)


counts_of_cercles = st.lists(st.sampled_from([0, 0, 1, 2, 4, 5, 9, 14, 40]), min_size=15, max_size=15).map(
    lambda flat: np.array(flat).reshape(5, 3)
)


@settings(deadline=None, max_examples=5)
@given(counts_of_cercles)
def test_no_hidden_count_can_be_calculated(counts: np.ndarray) -> None:
    shown = suppress(Table((CERCLES, KINDS), counts), THRESHOLD)
    for count in shown.cells.values():
        assert count is None or count == 0 or count >= THRESHOLD
    assert recovered([shown]) == []


@settings(deadline=None, max_examples=3)
@given(counts_of_cercles, st.integers(0, 2**32))
def test_nor_from_two_tables_that_share_a_margin(counts: np.ndarray, seed: int) -> None:
    early = np.random.default_rng(seed).binomial(counts.sum(axis=1), 0.6)
    by_month = np.stack([early, counts.sum(axis=1) - early], axis=1)
    tables = [Table((CERCLES, KINDS), counts), Table((CERCLES, MONTHS), by_month)]
    assert recovered(suppress_linked(tables, THRESHOLD)) == []


def test_twelve_regions_of_one_case_each_are_not_given_back_by_a_total_of_twelve() -> None:
    regions = Dimension("region", tuple(f"r{number:02}" for number in range(20)))
    counts = np.array([1] * 12 + [0] * 8)
    shown = suppress(Table((regions,), counts), THRESHOLD)
    assert shown.shown("r19") == 0  # a zero is shown, therefore the others hold at least one each
    assert shown.shown(TOTAL) is None
    assert recovered([shown]) == []


def test_what_needs_no_hiding_is_shown_and_three_ways_of_counting_add_up() -> None:
    large = np.full((5, 3, 2), 30)
    shown = suppress(Table((CERCLES, KINDS, MONTHS), large), THRESHOLD)
    assert shown.suppressed_count == 0
    assert shown.total_count == 8 * 4 * 3
    assert shown.shown("b", TOTAL, TOTAL) == 30 * 3 * 3 * 2
    one = large.copy()
    one[0, 0, 0] = 1
    hidden = suppress(Table((CERCLES, KINDS, MONTHS), one), THRESHOLD)
    assert hidden.shown("a1", "torture", "2026-01") is None
    assert hidden.suppressed_count == 8  # two cells in each of three directions: the least there is
    assert recovered([hidden]) == []


def test_a_line_that_lies_in_one_cell_does_not_tell_the_violation_of_everybody_in_it() -> None:
    counts = np.full((5, 3), 20)
    counts[3] = [30, 0, 0]  # who was harmed there, was tortured: a count of 30 is not small, yet it says so
    shown = suppress(Table((CERCLES, KINDS), counts), THRESHOLD)
    assert shown.shown("b2", "torture") is None
    assert shown.shown("b2", "rape") is None or shown.shown("b2", "threat") is None
    assert recovered([shown]) == []


def test_tables_that_contradict_each_other_and_groups_that_overlap_are_refused() -> None:
    table = Table((CERCLES, KINDS), np.full((5, 3), 9))
    with pytest.raises(ValueError, match="different cases"):
        suppress_linked([table, Table((CERCLES, MONTHS), np.full((5, 2), 9))], THRESHOLD)
    with pytest.raises(ValueError, match="overlap"):
        suppress(Table((Dimension("x", ("a", "b"), {"g": ("a",), "h": ("a", "b")}),), np.array([9, 9])), 5)
    with pytest.raises(ValueError, match="fit"):
        Table((CERCLES,), np.array([1]))
    with pytest.raises(ValueError, match="threshold"):
        suppress(table, 1)
