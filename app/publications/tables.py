"""Tables of figures as they may be read: each cell a number, or nothing where it is not shown. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Figure = int | None  # None: not shown, because it or another one would be too few


@dataclass(frozen=True, slots=True)
class FigureTable:
    """Counts by one dimension, or by two.

    `rows` and `columns` are codes of `row_dimension` and `column_dimension` (labels.toml). A table of one dimension
    has the one column "count" and no dimension for it. `measure` is what is counted: "cases", "victims", "mentions"
    (a case under each kind of violation in it), "referrals". Where totals are no sums of what is shown there are none.
    """

    code: str
    measure: str
    row_dimension: str
    rows: tuple[str, ...]
    cells: tuple[tuple[Figure, ...], ...]
    column_dimension: str = ""
    columns: tuple[str, ...] = ("count",)
    row_totals: tuple[Figure, ...] = ()
    column_totals: tuple[Figure, ...] = ()
    total: Figure = None
    has_total: bool = True

    def figure(self, row: str, column: str = "count") -> Figure:
        """One cell; 0 for a code that nothing was counted under."""
        if row not in self.rows or column not in self.columns:
            return 0
        return self.cells[self.rows.index(row)][self.columns.index(column)]

    def lines(self) -> Iterator[tuple[str, tuple[Figure, ...]]]:
        """Each row with its figures, its total last where there is one."""
        for index, row in enumerate(self.rows):
            more = (self.row_totals[index],) if self.row_totals else ()
            yield row, self.cells[index] + more

    @property
    def hidden(self) -> int:
        """How many figures are not shown, totals too."""
        inner = sum(figure is None for line in self.cells for figure in line)
        sums = sum(figure is None for figure in (*self.row_totals, *self.column_totals))
        return inner + sums + (self.has_total and self.total is None)

    @property
    def shows_anything(self) -> bool:
        """Whether a figure that is shown, but for totals, counts anything: else there is nothing to draw."""
        return any(figure for line in self.cells for figure in line)

    def as_document(self) -> dict[str, Any]:
        """As it stands in a JSON file."""
        return {
            "code": self.code,
            "measure": self.measure,
            "row_dimension": self.row_dimension,
            "column_dimension": self.column_dimension,
            "rows": list(self.rows),
            "columns": list(self.columns),
            "cells": [list(line) for line in self.cells],
            "row_totals": list(self.row_totals),
            "column_totals": list(self.column_totals),
            "has_total": self.has_total,
            "total": self.total,
        }

    @classmethod
    def from_document(cls, kept: Mapping[str, Any]) -> FigureTable:
        """What `as_document` made."""
        return cls(
            code=kept["code"],
            measure=kept["measure"],
            row_dimension=kept["row_dimension"],
            rows=tuple(kept["rows"]),
            cells=tuple(tuple(line) for line in kept["cells"]),
            column_dimension=kept["column_dimension"],
            columns=tuple(kept["columns"]),
            row_totals=tuple(kept["row_totals"]),
            column_totals=tuple(kept["column_totals"]),
            total=kept["total"],
            has_total=kept["has_total"],
        )


@dataclass(frozen=True, slots=True)
class PeriodFigures:
    """All that may be read of one period, by the code of its table. `threshold` is the least number shown."""

    period: str
    threshold: int
    tables: Mapping[str, FigureTable]

    @property
    def hidden(self) -> int:
        """How many figures are not shown."""
        return sum(table.hidden for table in self.tables.values())


def one_dimension(
    code: str,
    measure: str,
    dimension: str,
    figures: Mapping[str, Figure],
    total: Figure,
    *,
    is_sum: bool = True,
) -> FigureTable:
    """A table with one column."""
    cells: Sequence[tuple[Figure, ...]] = [(figure,) for figure in figures.values()]
    return FigureTable(
        code,
        measure,
        dimension,
        tuple(figures),
        tuple(cells),
        total=total if is_sum else None,
        has_total=is_sum,
    )
