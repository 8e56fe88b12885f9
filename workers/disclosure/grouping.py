"""Which rows look alike once each column has one of its forms, and which of these groups may go out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.disclosure.hierarchy import Codes, Hierarchy
from workers.disclosure.limits import Limits

Node = tuple[int, ...]  # for each column the height of the form it takes
DENSE = 1 << 21  # up to as many possible keys are counted in an array, more are sorted


@dataclass(frozen=True, slots=True)
class Violations:
    """What each row tells of, as numbers: which combination, and each single kind in it (`row_of` beside `kind`)."""

    combination: Codes
    row_of: Codes
    kind: Codes
    kinds: int

    @classmethod
    def of(cls, rows: Sequence[Sequence[str]]) -> Violations:
        """Read them; the order and how often one is named in a row say nothing."""
        sets = [frozenset(row) for row in rows]
        combinations = {each: at for at, each in enumerate(dict.fromkeys(sets))}
        kinds = {kind: at for at, kind in enumerate(sorted({kind for each in combinations for kind in each}))}
        pairs = [(at, kinds[kind]) for at, each in enumerate(sets) for kind in each]
        row_of, kind = np.array(pairs, np.int64).reshape(-1, 2).T
        combination = np.fromiter((combinations[each] for each in sets), np.int64, len(sets))
        return cls(combination, row_of, kind, len(kinds))


@dataclass(frozen=True, slots=True)
class Groups:
    """`of_row`: the group of each row. `sizes`: how many rows each has. `diversity`: how many violations tell apart."""

    of_row: Codes
    sizes: Codes
    diversity: Codes

    def fit(self, limits: Limits) -> NDArray[np.bool_]:
        """Which groups may go out: all those that are large and diverse enough, while the mean risk allows it.

        The mean risk of some groups is their number over their rows, so that the largest groups are taken first, and
        the smallest are left out until it is low enough: no other choice keeps more rows.
        """
        good = (self.sizes >= limits.k) & (self.diversity >= limits.l)
        order = np.argsort(-self.sizes, kind="stable")
        order = order[good[order]]
        taken = np.arange(1, len(order) + 1)
        low = taken <= limits.highest_mean * np.cumsum(self.sizes[order]) + 1e-9
        good[order[~low]] = False
        return good


def group(columns: Sequence[Hierarchy], node: Node, violations: Violations, apart: Codes) -> Groups:
    """The groups at a node. Rows with different `apart` are never of one group."""
    of_row = relabelled(_keys(columns, node, apart))
    sizes = np.bincount(of_row)
    return Groups(of_row, sizes, diversity(of_row, sizes, violations))


def sizes_at(columns: Sequence[Hierarchy], node: Node, apart: Codes) -> Codes:
    """Only the sizes: enough to say no to most nodes."""
    return np.bincount(relabelled(_keys(columns, node, apart)))


def diversity(of_row: Codes, sizes: Codes, violations: Violations) -> Codes:
    """How many combinations of violations each group holds; 1 where one violation is in every row of it."""
    several = np.int64(violations.combination.max(initial=0) + 1)
    distinct = np.bincount(
        np.unique(of_row * several + violations.combination) // several, minlength=len(sizes)
    )
    each = of_row[violations.row_of] * np.int64(max(violations.kinds, 1)) + violations.kind
    keys, times = np.unique(each, return_counts=True)
    in_group = keys // max(violations.kinds, 1)
    shared = in_group[times == sizes[in_group]]
    distinct[shared] = 1
    return distinct


def relabelled(keys: Codes) -> Codes:
    """The same partition with numbers from 0 on, without gaps, in the order of the keys."""
    highest = int(keys.max(initial=0))
    if highest > DENSE:
        return np.unique(keys, return_inverse=True)[1].reshape(-1)
    present = np.zeros(highest + 1, np.bool_)
    present[keys] = True
    return (np.cumsum(present) - 1)[keys]


def _keys(columns: Sequence[Hierarchy], node: Node, apart: Codes) -> Codes:
    """One number for each row, equal where all forms are; relabelled on the way where it would grow too large."""
    keys, room = apart, int(apart.max(initial=0)) + 1
    for column, height in zip(columns, node, strict=True):
        step = column.steps[height]
        if room * len(step.labels) >= 1 << 62:
            keys = relabelled(keys)
            room = int(keys.max(initial=0)) + 1
        keys = keys * len(step.labels) + step.of_base[column.codes]
        room *= len(step.labels)
    return keys
