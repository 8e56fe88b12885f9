"""CSV that spreadsheets open safely: a file for each table, one row of headings, no cell that would be run."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from app.plain_text import are_harmless, harmless
from workers.exports.codebook import labels
from workers.exports.formats.columns import Cell, Column, batches_of, columns, remembered
from workers.exports.release import FieldKind, Progress, Release, Table, Value

_MARK = "\ufeff"  # that this is UTF-8
_WORDS = frozenset({FieldKind.REFERENCE, FieldKind.TEXT})
Cells = Callable[[Sequence[Value]], Iterable[str]]  # of the values of a column


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
    plan = [(column.at, _cells_of(column, language)) for column in chosen]
    for batch in batches_of(table, progress):
        values = list(zip(*batch, strict=True))
        yield from zip(*[cells(values[at]) for at, cells in plan], strict=True)


def _cells_of(column: Column, language: str) -> Cells:
    """What makes the cells of a batch of values of a column."""
    cell = cell_of(column, language)
    if column.kind in _WORDS and column.convert is None:
        return lambda values: _texts(values, cell)
    known = remembered(column, cell)
    return lambda values: map(known, values)


def _texts(values: Sequence[Value], cell: Cell) -> Iterable[str]:
    """Texts as they are, where one look at all of them says that none needs anything done to it; else one by one."""
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) == len(values) and are_harmless(texts):
        return texts
    return map(cell, values)


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
