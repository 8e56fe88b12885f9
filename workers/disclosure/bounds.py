"""What somebody who can calculate finds out about the cells that aren't shown: exact bounds by linear programming.

He knows all shown counts, all totals, and the rule: a zero is shown, so what is hidden is at least 1. (A zero may be
hidden beside others; he is thought to know which hidden cells are none. Who knows less finds out less.) For each hidden
cell the least and the greatest value that all this allows are two linear programmes (HiGHS by way of scipy). Each
solution is a table that could be the true one, so it widens the bounds of all cells at once, and most need no programme
of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workers.disclosure.cells import System

if TYPE_CHECKING:  # loaded when it is needed: most workers never calculate a table
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

Mask = NDArray[np.bool_]
Cells = NDArray[np.int64]
AT_ONCE = 4  # programmes that push all narrow cells of a part, until that helps no more and each gets its own
_SLACK = 1e-6
_SEED = 7  # the same table is always hidden in the same way


class Reach:
    """How far apart the values of each cell were seen in tables that could be the true one.

    Such tables stay possible when more is hidden, so one Reach serves as long as cells are only added.
    """

    def __init__(self, system: System) -> None:
        self.low = system.counts.astype(float)
        self.high = system.counts.astype(float)

    def narrow(self, cells: Cells, width: int) -> Cells:
        """Those that were not seen `width` apart."""
        is_narrow: Mask = self.high[cells] - self.low[cells] < width
        return cells[is_narrow]

    def see(self, cells: Cells, values: NDArray[np.float64]) -> None:
        """Take note of a possible table; what isn't a whole number is rounded to the side of caution."""
        self.low[cells] = np.minimum(self.low[cells], np.ceil(values - _SLACK))
        self.high[cells] = np.maximum(self.high[cells], np.floor(values + _SLACK))


@dataclass(frozen=True)
class _Part:
    """Hidden cells that have to do with each other, the equations among them, and what these add up to."""

    cells: Cells
    equations: csr_matrix
    known: NDArray[np.float64]
    least: NDArray[np.float64]  # what he knows each cell to hold at least
    most: float  # no count is above it

    def reached(self, aim: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """The possible table that is furthest in a direction."""
        from scipy.optimize import linprog  # type: ignore[import-untyped]

        limits = np.column_stack((self.least, np.full(len(self.least), self.most)))
        answer = linprog(-aim, A_eq=self.equations, b_eq=self.known, bounds=limits, method="highs")
        return None if answer.x is None else np.asarray(answer.x, np.float64)


def narrow(system: System, hidden: Mask, width: int, reach: Reach) -> Iterator[int]:
    """The hidden cells whose least and greatest values are less than `width` apart; what is seen goes into `reach`."""
    for part in _parts(system, hidden, width):
        if len(reach.narrow(part.cells, width)):
            _push_together(part, width, reach)
            yield from _push_each(part, width, reach)


def _parts(system: System, hidden: Mask, width: int) -> Iterator[_Part]:
    from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

    cells = np.flatnonzero(hidden)
    if not len(cells):
        return
    equations = system.equations[:, cells]
    shown = np.flatnonzero(~hidden)
    known = -(system.equations[:, shown] @ system.counts[shown])
    count, label = connected_components(equations.T @ equations, directed=False)
    most = float(system.counts[system.grand_total] + width)
    for each in range(count):
        inside = np.flatnonzero(label == each)
        part = equations[:, inside]
        rows = np.flatnonzero(np.diff(part.indptr))
        least = np.minimum(system.counts[cells[inside]], 1).astype(float)
        yield _Part(cells[inside], part[rows], known[rows].astype(float), least, most)


def _push_together(part: _Part, width: int, reach: Reach) -> None:
    """Push all narrow cells up or down at random, as long as that widens several at once."""
    chance = np.random.default_rng(_SEED)
    before, still = 0, reach.narrow(part.cells, width)
    while len(still) > 1 and abs(before - len(still)) > 1:
        for _ in range(AT_ONCE):
            signs = np.where(np.isin(part.cells, still), chance.choice([-1.0, 1.0], len(part.cells)), 0.0)
            values = part.reached(signs)
            if values is not None:
                reach.see(part.cells, values)
        before, still = len(still), reach.narrow(part.cells, width)


def _push_each(part: _Part, width: int, reach: Reach) -> Iterator[int]:
    """Push each cell that is still narrow up, then down; those that stay narrow."""
    for at, cell in enumerate(part.cells.tolist()):
        aim = np.eye(1, len(part.cells), at)[0]
        for sign in (1.0, -1.0):
            still = reach.high[cell] - reach.low[cell] < width
            values = part.reached(aim * sign) if still else None
            if values is not None:
                reach.see(part.cells, values)
        if reach.high[cell] - reach.low[cell] < width:
            yield int(cell)
