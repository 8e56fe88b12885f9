"""How many rows stand in a file, counted anew to be held against what the manifest says."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import IO

from openpyxl.reader.excel import load_workbook

Tables = Mapping[str, Mapping[str, object]]  # as a manifest has them
Counted = Mapping[str, int]  # rows by the table's code
_LONGEST_TITLE = 31  # of a sheet


def rows_in(name: str, file: IO[bytes], tables: Tables) -> Counted:
    """The rows of each table that a file holds; empty where its kind isn't one that can be counted.

    Raises ValueError and whatever else its content makes the readers raise.
    """
    path = PurePosixPath(name)
    count = _COUNTERS.get(path.suffix)
    return count(file, tables, path.stem) if count else {}


def _in_csv(file: IO[bytes], tables: Tables, stem: str) -> Counted:
    if stem not in tables:
        return {}
    csv.field_size_limit(sys.maxsize)
    with io.TextIOWrapper(file, "utf-8-sig", newline="") as text:
        rows = csv.reader(text)
        next(rows, None)  # headings
        second = next(rows, None)
        is_data = second is not None and not _is_tags(second)
        return {stem: sum(1 for _ in rows) + int(is_data)}


def _is_tags(row: list[str]) -> bool:
    """Whether this is HXL's row of tags."""
    cells = [cell for cell in row if cell]
    return bool(cells) and all(cell.startswith("#") for cell in cells)


def _in_json_lines(file: IO[bytes], tables: Tables, stem: str) -> Counted:
    return {stem: sum(1 for line in file if line.strip())} if stem in tables else {}


def _in_spreadsheet(file: IO[bytes], tables: Tables, _stem: str) -> Counted:
    workbook = load_workbook(file, read_only=True)  # type: ignore[no-untyped-call]
    titles = {str(table.get("label", code))[:_LONGEST_TITLE]: code for code, table in tables.items()}
    counted = {}
    for sheet in workbook.worksheets:
        if sheet.title in titles:
            filled = sum(
                1 for row in sheet.iter_rows(values_only=True) if any(cell is not None for cell in row)
            )
            counted[titles[sheet.title]] = max(filled - 1, 0)
    workbook.close()
    return counted


_COUNTERS: Mapping[str, Callable[[IO[bytes], Tables, str], Counted]] = {
    ".csv": _in_csv,
    ".jsonl": _in_json_lines,
    ".xlsx": _in_spreadsheet,
}
