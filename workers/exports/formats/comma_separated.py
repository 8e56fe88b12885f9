"""CSV that spreadsheets open safely: a file for each table, one row of headings, no cell that would be run."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from app.plain_text import harmless
from workers.exports.codebook import labels
from workers.exports.formats.columns import Cell, Column, batches_of, columns, remembered
from workers.exports.release import FieldKind, Progress, Release, Table, Value

_MARK = "\ufeff"  # that this is UTF-8


def write(release: Release, folder: Path, progress: Progress) -> Sequence[Path]:
    """With the mark that tells Excel that this is UTF-8."""
    return [_write(release, table, folder, progress, _MARK) for table in release.tables.values()]


def write_plain(release: Release, folder: Path, progress: Progress) -> Sequence[Path]:
    """Without the mark."""
    return [_write(release, table, folder, progress, "") for table in release.tables.values()]


def _write(release: Release, table: Table, folder: Path, progress: Progress, mark: str) -> Path:
    path, language = folder / f"{table.code}.csv", release.copy.language
    chosen = columns(table, language)
    headings = [[harmless(column.heading) for column in chosen]]
    write_rows(path, headings, cell_rows(table, chosen, language, progress), mark)
    return path


def write_rows(
    path: Path, headings: Sequence[Sequence[str]], rows: Iterator[Sequence[str]], mark: str = _MARK
) -> None:
    """A file of headings and rows whose cells are safe already."""
    with path.open("w", encoding="utf-8", newline="") as target:
        target.write(mark)
        writer = csv.writer(target)
        writer.writerows(headings)
        writer.writerows(rows)


def cell_rows(
    table: Table, chosen: Sequence[Column], language: str, progress: Progress
) -> Iterator[Sequence[str]]:
    """The rows of a table as safe cells of these columns."""
    plan = [(column.at, remembered(column, cell_of(column, language))) for column in chosen]
    for batch in batches_of(table, progress):
        values = list(zip(*batch, strict=True))
        yield from zip(*[map(cell, values[at]) for at, cell in plan], strict=True)


def cell_of(column: Column, language: str) -> Cell:
    """How the value of a column is written: dates as ISO 8601, yes and no as words, numbers with a point."""
    if column.kind is FieldKind.BOOLEAN:
        words = labels("boolean", language)
        return lambda value: "" if value is None else words[str(value).lower()]
    convert = column.convert
    if convert is None:
        return _cell
    return lambda value: _cell(convert(value))


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless(value)
    return value.isoformat() if isinstance(value, date) else str(value)
