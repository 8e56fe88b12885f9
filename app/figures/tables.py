"""A table of figures: beside its chart for whoever can't see it, and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.plain_text import harmless

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows. The first cell of a row is what the row is about; None is what isn't known."""

    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]

    def is_of_words(self, column: int) -> bool:
        """Whether a column, counted from 0, holds words: they begin at its left, figures end at its right."""
        return any(isinstance(row[column], str) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Panel:
    """One thing that is shown: a chart, unless the table says it all, and always the table."""

    code: str
    heading: str
    lead: str
    table: Table
    chart: Markup | None = None


def as_csv(table: Table) -> bytes:
    """UTF-8 with a mark, so that spreadsheets see it is; figures with a point, whatever the language."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(table.headings)
    writer.writerows(
        [harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in table.rows
    )
    return text.getvalue().encode("utf-8-sig")
