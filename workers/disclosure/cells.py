"""All cells of one or several tables with their totals, and the equations among them that everybody knows."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # loaded when it is needed: most workers never calculate a table
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

TOTAL = "*"
Key = tuple[tuple[str, str], ...]  # (dimension, node) in the order of names, without those that are totals


@dataclass(frozen=True, slots=True)
class Dimension:
    """What a table is counted by: its leaves, and the groups that are shown as well, by what they are made of.

    A group is made of leaves, or of groups that stand before it. `is_sensitive`: to learn in which of its cells
    somebody is would do harm (the violation is, the region isn't).
    """

    name: str
    leaves: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_sensitive: bool = False

    @property
    def nodes(self) -> tuple[str, ...]:
        """Leaves, groups, total."""
        return (*self.leaves, *self.groups, TOTAL)

    def sums(self) -> Mapping[str, tuple[str, ...]]:
        """What each group and the total are the sum of."""
        inside = set(itertools.chain.from_iterable(self.groups.values()))
        top = tuple(node for node in (*self.leaves, *self.groups) if node not in inside)
        return {**self.groups, TOTAL: top}

    def aggregation(self) -> NDArray[np.int64]:
        """A matrix of nodes by leaves: 1 where a leaf counts in a node. Raises ValueError if groups overlap."""
        rows = {
            leaf: np.eye(1, len(self.leaves), at, dtype=np.int64)[0] for at, leaf in enumerate(self.leaves)
        }
        for node, parts in self.sums().items():
            rows[node] = sum((rows[part] for part in parts), np.zeros(len(self.leaves), np.int64))
        matrix = np.array([rows[node] for node in self.nodes])
        if matrix.max(initial=0) > 1 or matrix[-1].min(initial=1) < 1:
            raise ValueError(f"the groups of {self.name} overlap or leave something out")
        return matrix


@dataclass(frozen=True)
class Table:
    """Counts of cases; `counts` has an axis for each dimension, in the order of its leaves."""

    dimensions: tuple[Dimension, ...]
    counts: NDArray[np.int64]

    def __post_init__(self) -> None:
        """Refuse counts of another shape."""
        if self.counts.shape != tuple(len(dimension.leaves) for dimension in self.dimensions):
            raise ValueError("counts and dimensions don't fit")

    def cells(self) -> Iterator[tuple[Key, int]]:
        """Every cell with its count, totals included."""
        counts = self.counts
        for axis, dimension in enumerate(self.dimensions):
            summed = np.tensordot(dimension.aggregation(), counts, axes=(1, axis))
            counts = np.moveaxis(summed, 0, axis)
        places = itertools.product(*(dimension.nodes for dimension in self.dimensions))
        return ((self.key(place), int(count)) for place, count in zip(places, counts.flat, strict=True))

    def key(self, place: Sequence[str]) -> Key:
        """How a cell is known in this and in every linked table."""
        told = zip(self.dimensions, place, strict=True)
        return tuple(sorted((dimension.name, node) for dimension, node in told if node != TOTAL))

    def sums(self) -> Iterator[tuple[Key, tuple[Key, ...], bool]]:
        """Each total with what it is the sum of, and whether it is the sum along a sensitive dimension."""
        for axis, dimension in enumerate(self.dimensions):
            others = [each.nodes for at, each in enumerate(self.dimensions) if at != axis]
            for rest, (node, parts) in itertools.product(
                itertools.product(*others), dimension.sums().items()
            ):
                keys = tuple(self.key((*rest[:axis], part, *rest[axis:])) for part in parts)
                yield self.key((*rest[:axis], node, *rest[axis:])), keys, dimension.is_sensitive


class System:
    """The cells of linked tables, each once, as numbers: their counts and the equations among them.

    `equations` has a row for each total: 1 at its parts, -1 at the total. Raises ValueError if two tables tell
    different counts of one cell.
    """

    def __init__(self, tables: Sequence[Table]) -> None:
        self.place: dict[Key, int] = {}
        counts: list[int] = []
        for key, count in itertools.chain.from_iterable(table.cells() for table in tables):
            if self.place.setdefault(key, len(counts)) == len(counts):
                counts.append(count)
            elif counts[self.place[key]] != count:
                raise ValueError("linked tables count different cases")
        self.counts = np.array(counts, np.int64)
        sums = dict.fromkeys(itertools.chain.from_iterable(table.sums() for table in tables))
        self.sums = [
            (self.place[total], np.array([self.place[part] for part in parts], np.int64), sensitive)
            for total, parts, sensitive in sums
        ]
        self.equations = self._matrix()

    @property
    def grand_total(self) -> int:
        """The number of the cell that counts everything."""
        return self.place[()]

    def _matrix(self) -> csr_matrix:
        from scipy.sparse import csr_matrix

        rows = [at for at, (_, parts, _) in enumerate(self.sums) for _ in range(len(parts) + 1)]
        columns = [cell for total, parts, _ in self.sums for cell in (total, *parts.tolist())]
        values = [sign for _, parts, _ in self.sums for sign in (-1, *itertools.repeat(1, len(parts)))]
        return csr_matrix((values, (rows, columns)), shape=(len(self.sums), len(self.counts)))
