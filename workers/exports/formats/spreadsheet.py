"""XLSX: rows in typed columns, a codebook, what was withheld, and whose copy it is; written a row at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from workers.exports.formats.spreadsheet_codebook import (
    write_about,
    write_codebook,
    write_codes,
    write_withheld,
)
from workers.exports.formats.spreadsheet_tables import write_table
from workers.exports.formats.workbook import open_book
from workers.exports.release import Progress, Release


def write(release: Release, folder: Path, progress: Progress) -> Sequence[Path]:
    """One workbook with a sheet for each table and four that explain them."""
    path = folder / f"{release.copy.number}.xlsx"
    with open_book(release, path) as book:
        for table in release.tables.values():
            write_table(book, table, progress)
        for explain in (write_codebook, write_codes, write_withheld, write_about):
            explain(book)
    return [path]
