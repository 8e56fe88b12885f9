"""Which cells to hide so that the small ones stay hidden: the small ones, then as few and as small others as will do.

To find the least such pattern is NP-hard (Kelly, Golden, Assad 1992), so it is found by steps: lines that give a hidden
cell back get one more hidden cell; what the exact check still finds too narrow gets another; what turns out not to be
needed is shown again. Whether a pattern holds is decided by the exact check alone.
"""

from __future__ import annotations

import numpy as np

from workers.disclosure.bounds import Cells, Mask, Reach, narrow
from workers.disclosure.cells import System

SPARED_UP_TO = 60  # hidden cells up to which it is tried which of them could be shown after all


def pattern(system: System, threshold: int, width: int) -> Mask:
    """Which cells are hidden. No hidden cell can be calculated to closer than `width` between least and greatest."""
    primary = small(system, threshold) | telling(system)
    hidden = _held(system, primary.copy(), width)
    return _spared(system, primary, hidden, width)


def small(system: System, threshold: int) -> Mask:
    """Cells from 1 to below the threshold. A zero is shown: nobody is in it."""
    return np.asarray((system.counts > 0) & (system.counts < threshold))


def telling(system: System) -> Mask:
    """Cells that hold everybody of their line along a sensitive dimension: of each of them it would be known."""
    found = np.zeros(len(system.counts), np.bool_)
    for total, parts, is_sensitive in system.sums:
        if is_sensitive and system.counts[total] and len(parts) > 1:
            found[parts[system.counts[parts] == system.counts[total]]] = True
    return found


def _held(system: System, hidden: Mask, width: int) -> Mask:
    reach = Reach(system)
    while True:
        _fill_lines(system, hidden, width)
        weak = list(narrow(system, hidden, width, reach))
        if not weak or hidden.all():
            return hidden
        for cell in weak:
            _hide_beside(system, hidden, cell, width - int(reach.high[cell] - reach.low[cell]))


def _fill_lines(system: System, hidden: Mask, width: int) -> None:
    """Hide more of each line whose total is shown until its hidden cells are several and leave room for `width`."""
    changed = True
    while changed:
        changed = False
        for total, parts, _ in system.sums:
            if not hidden[total] and _gives_back(system, hidden, parts, width):
                shown = parts[~hidden[parts]]
                missing = width - _room(system, parts[hidden[parts]])
                hidden[_cheapest(system, hidden, shown, missing) if len(shown) else total] = True
                changed = True


def _is_open(system: System, hidden: Mask, width: int) -> bool:
    """Whether a line gives a hidden cell back without any calculation."""
    return any(
        not hidden[total] and _gives_back(system, hidden, parts, width) for total, parts, _ in system.sums
    )


def _gives_back(system: System, hidden: Mask, parts: Cells, width: int) -> bool:
    inside = parts[hidden[parts]]
    return len(inside) > 0 and (len(inside) < 2 or _room(system, inside) < width)


def _room(system: System, cells: Cells) -> int:
    """By how much a cell of a line can vary of which these are hidden: each but zeros holds 1 at least."""
    return int(system.counts[cells].sum()) - int(np.count_nonzero(system.counts[cells]))


def _cheapest(system: System, hidden: Mask, shown: Cells, missing: int) -> int:
    """The smallest that is enough, else the largest; of equals one that stands in other lines with hidden cells."""
    counts = system.counts[shown]
    enough = counts >= missing
    others = system.equations[:, shown].T @ (abs(system.equations) @ hidden.astype(np.int64) > 0)
    cost = np.where(enough, counts, counts.max() * 2 + 1 - counts)
    return int(shown[np.lexsort((-others, cost))[0]])


def _hide_beside(system: System, hidden: Mask, cell: int, missing: int) -> None:
    """Hide the cheapest cell that stands in an equation with this one, else in one with any hidden cell."""
    candidates = _beside(system, hidden, np.array([cell]))
    if not len(candidates):
        candidates = _beside(system, hidden, np.flatnonzero(hidden))
    if not len(candidates):
        candidates = np.flatnonzero(~hidden)
    inner = candidates[candidates != system.grand_total]
    if len(candidates):
        hidden[_cheapest(system, hidden, inner if len(inner) else candidates, missing)] = True


def _beside(system: System, hidden: Mask, cells: Cells) -> Cells:
    rows = np.unique(system.equations[:, cells].nonzero()[0])
    near: Cells = np.unique(system.equations[rows].nonzero()[1])
    return near[~hidden[near]]


def _spared(system: System, primary: Mask, hidden: Mask, width: int) -> Mask:
    """Show again what needn't be hidden, the largest first; only where few are hidden, for each is a check."""
    extra = np.flatnonzero(hidden & ~primary)
    if int(hidden.sum()) > SPARED_UP_TO:
        return hidden
    for cell in extra[np.argsort(-system.counts[extra], kind="stable")]:
        tried = hidden.copy()
        tried[cell] = False
        if (
            not _is_open(system, tried, width)
            and next(narrow(system, tried, width, Reach(system)), None) is None
        ):
            hidden = tried
    return hidden
