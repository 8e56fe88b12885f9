"""The search for the forms of the columns that lose least: every node is judged, most without being looked at.

The lattice is that of full-domain generalisation (Samarati 2001): one form for each column, all rows alike. Two facts
spare most of the work, and neither changes the outcome:

* what a node must fulfil is monotone: joining groups never makes a row less alike, so that below a node that must hold
  back too many rows all nodes must (LeFevre et al. 2005, Incognito; El Emam et al. 2009, OLA: predictive tagging);
* a row that is held back loses all (1), so that no node loses less than its forms alone do. Nodes are therefore tried
  from the least such loss upwards, and the search ends when the next can't better the best.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from workers.disclosure.grouping import Groups, Node, Violations, group, sizes_at
from workers.disclosure.hierarchy import Codes, Hierarchy
from workers.disclosure.limits import Limits


@dataclass(frozen=True, slots=True)
class Found:
    """A node that keeps to the limits, its groups, which rows go out, and what is lost (0 to 1)."""

    node: Node
    groups: Groups
    kept: NDArray[np.bool_]
    loss: float


class Search:
    """One search. `apart` parts rows that must not be taken for alike, as those of different earlier releases."""

    def __init__(
        self, columns: Sequence[Hierarchy], violations: Violations, limits: Limits, apart: Codes
    ) -> None:
        self.columns = columns
        self.violations = violations
        self.limits = limits
        self.apart = apart
        self.row_count = len(apart)
        self.most_withheld = int(limits.most_suppressed * self.row_count)
        self._failed = np.empty((0, len(columns)), np.int64)
        self._judged: dict[Node, Found | None] = {}

    def best(self) -> Found | None:
        """The node that loses least; of equals the first in the order of loss of forms, then of heights."""
        self._tag_from_above()
        found: Found | None = None
        for bound, node in sorted((self._bound(node), node) for node in self._nodes()):
            if found and bound >= found.loss:
                break
            here = self._judge(node)
            if here and (found is None or here.loss < found.loss):
                found = here
        return found

    def _nodes(self) -> itertools.product[Node]:
        return itertools.product(*(range(column.heights) for column in self.columns))

    def _bound(self, node: Node) -> float:
        told = zip(self.columns, node, strict=True)
        lost = sum(column.weight * column.penalties[height] for column, height in told)
        return lost / _weight(self.columns)

    def _tag_from_above(self) -> None:
        """Judge where only one, two or three columns are told: few groups, and a no holds for all that is below."""
        top = [column.heights - 1 for column in self.columns]
        for told in range(1, 4):
            for chosen in itertools.combinations(range(len(top)), told):
                for heights in itertools.product(*(range(top[at]) for at in chosen)):
                    node = list(top)
                    for at, height in zip(chosen, heights, strict=True):
                        node[at] = height
                    self._judge(tuple(node))

    def _judge(self, node: Node) -> Found | None:
        if node not in self._judged:
            self._judged[node] = None if self._is_below_a_failure(node) else self._look_at(node)
        return self._judged[node]

    def _is_below_a_failure(self, node: Node) -> bool:
        return bool((np.array(node) <= self._failed).all(axis=1).any())

    def _look_at(self, node: Node) -> Found | None:
        sizes = sizes_at(self.columns, node, self.apart)
        if int(sizes[sizes < self.limits.k].sum()) <= self.most_withheld:
            found = self._found(node)
            if found is not None:
                return found
        self._failed = np.vstack([self._failed, node])
        return None

    def _found(self, node: Node) -> Found | None:
        groups = group(self.columns, node, self.violations, self.apart)
        kept = groups.fit(self.limits)[groups.of_row]
        if not kept.any() or self.row_count - int(kept.sum()) > self.most_withheld:
            return None
        return Found(node, groups, kept, loss(self.columns, node, kept))


def loss(columns: Sequence[Hierarchy], node: Node, kept: NDArray[np.bool_]) -> float:
    """What an average row loses, 0 to 1: the weighted penalty of its forms, all of it where it is held back."""
    nothing = np.zeros(len(kept))
    told = zip(columns, node, strict=True)
    lost = reduce(
        np.add, (column.weight * column.penalty_of_rows(height) for column, height in told), nothing
    )
    return float(np.where(kept, lost / _weight(columns), 1.0).mean())


def _weight(columns: Sequence[Hierarchy]) -> float:
    return sum(column.weight for column in columns) or 1.0
