"""Tables of counts that give no small count away, neither by what they show nor by what can be calculated from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workers.disclosure.cells import TOTAL, Dimension, Key, System, Table
from workers.disclosure.patterns import pattern

__all__ = ["TOTAL", "Dimension", "SuppressedTable", "Table", "suppress", "suppress_linked"]


@dataclass(frozen=True)
class SuppressedTable:
    """A table as it may be shown."""

    table: Table
    cells: Mapping[Key, int | None]

    def shown(self, *place: str) -> int | None:
        """The count at a leaf, group or TOTAL of each dimension, in their order; None where it is suppressed."""
        return self.cells[self.table.key(place)]

    @property
    def suppressed_count(self) -> int:
        """How many cells of this table are suppressed, totals included."""
        return sum(count is None for count in self.cells.values())

    @property
    def total_count(self) -> int:
        """How many cells it has, totals included."""
        return len(self.cells)


def suppress(table: Table, threshold: int, *, width: int | None = None) -> SuppressedTable:
    """One table for itself; see suppress_linked."""
    return suppress_linked([table], threshold, width=width)[0]


def suppress_linked(
    tables: Sequence[Table], threshold: int, *, width: int | None = None
) -> list[SuppressedTable]:
    """Tables of the same cases that are shown together, so that none gives away what another hides.

    Hidden are counts from 1 to below `threshold`, cells that hold a whole line of a sensitive dimension, and others so
    that no hidden count can be calculated to within `threshold` - 1 (`width`, if given, is how far its least and
    greatest possible value must be apart). Raises ValueError if tables contradict each other or threshold is below 2.
    """
    if threshold < 2:
        raise ValueError("a threshold below 2 hides nothing")
    system = System(tables)
    hidden = pattern(system, threshold, width or 2 * (threshold - 1) + 1)
    shown = {key: None if hidden[at] else int(system.counts[at]) for key, at in system.place.items()}
    return [SuppressedTable(table, {key: shown[key] for key, _ in table.cells()}) for table in tables]
