"""A snapshot as a file: the JSON document that is kept, and the CSV that is made from it, always the same bytes."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from typing import Any

from app.publications.labels import column_label, label
from app.publications.periods import Period
from app.publications.rules import rules
from app.publications.tables import Figure, FigureTable, PeriodFigures

SCHEMA = "seere-figures/1"
HIDDEN = "hidden"
CSV_COLUMNS = (
    "period", "table", "measure", "row_dimension", "row_code", "row_label", "column_dimension", "column_code",
    "column_label", "figure", "status",
)  # fmt: skip
_TOTAL = "TOTAL"


def write(figures: PeriodFigures, number: int) -> str:
    """The JSON text of a snapshot. What is hidden is null, and nothing says how few it was."""
    period, kept = Period.parse(figures.period), rules()
    content = {
        "schema": SCHEMA,
        "number": number,
        "period": period.code,
        "first_day": period.first.isoformat(),
        "last_day": period.last.isoformat(),
        "threshold": figures.threshold,
        "licence": dict(kept.licence),
        "publisher": dict(kept.publisher),
        "tables": [table.as_document() for table in figures.tables.values()],
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def read(document: str) -> PeriodFigures:
    """The figures of a snapshot that `write` made."""
    content: dict[str, Any] = json.loads(document)
    tables = (FigureTable.from_document(each) for each in content["tables"])
    return PeriodFigures(content["period"], content["threshold"], {table.code: table for table in tables})


def digest_of(document: str) -> str:
    """SHA-256 of a file's text in UTF-8, in hexadecimal."""
    return hashlib.sha256(document.encode()).hexdigest()


def as_csv(document: str, language: str = "fr") -> str:
    """All tables of a snapshot in one, a figure a line; `status` is "shown", "hidden" (no figure), and a total's code
    is TOTAL.
    """
    figures, text = read(document), io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for table in figures.tables.values():
        for row, column, figure in _figures(table):
            writer.writerow(_csv_line(figures.period, table, row, column, figure, language))
    return text.getvalue()


def _figures(table: FigureTable) -> Iterator[tuple[str, str, Figure]]:
    columns = table.columns + ((_TOTAL,) if table.row_totals else ())
    for row, figures in table.lines():
        yield from ((row, column, figure) for column, figure in zip(columns, figures, strict=True))
    yield from (
        (_TOTAL, column, figure) for column, figure in zip(table.columns, table.column_totals, strict=False)
    )
    if table.has_total:
        yield _TOTAL, _TOTAL if table.row_totals else "count", table.total


def _csv_line(
    period: str, table: FigureTable, row: str, column: str, figure: Figure, language: str
) -> tuple[str | int, ...]:
    return (
        period,
        table.code,
        table.measure,
        table.row_dimension,
        row,
        "" if row == _TOTAL else label(table.row_dimension, row, language),
        table.column_dimension,
        column,
        "" if column == _TOTAL else column_label(table.column_dimension, column, language),
        "" if figure is None else figure,
        HIDDEN if figure is None else "shown",
    )
