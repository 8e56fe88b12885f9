"""Rows of text out of a CSV or XLSX file, whoever made it, within bounds. Pure: bytes in, rows out.

The first row that holds anything is the headings. Rows are numbered as a spreadsheet shows them.
"""

from __future__ import annotations

import codecs
import csv
import io
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from openpyxl.reader.excel import load_workbook

MOST_ROWS = 50_000
MOST_COLUMNS = 100
LONGEST_CELL = 20_001  # characters, one more than any field takes: what is longer is refused as too long
MOST_UNPACKED_BYTES = 64 * 1024 * 1024
MOST_ENTRIES = 1000  # of an XLSX file, which is a ZIP archive
DELIMITERS = ";,\t|"
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_FORCED_DELIMITER = "sep="  # how Excel is told; it is no heading
_load: Callable[..., Any] = load_workbook  # its types aren't told

Cells = tuple[str, ...]


class TableRefused(ValueError):
    """A file that can't be taken. The message is a code: `old_excel`, `not_a_table`, `damaged`, `too_large`,
    `too_many_rows`, `too_many_columns`, `empty`.
    """


@dataclass(frozen=True, slots=True)
class Row:
    """One row as a spreadsheet numbers it, from 1."""

    number: int
    cells: Cells


def rows_of(file: BinaryIO) -> Iterator[Row]:
    """The rows that hold anything, headings first, read as they are asked for. Raises TableRefused."""
    beginning = file.read(len(_ZIP))
    file.seek(0)
    if beginning == _OLD_EXCEL:
        raise TableRefused("old_excel")
    read = _spreadsheet if beginning == _ZIP else _comma_separated
    yield from _bounded(read(file))


def _bounded(rows: Iterator[tuple[int, Sequence[object]]]) -> Iterator[Row]:
    count = 0
    for number, values in rows:
        cells = tuple(_text(value)[:LONGEST_CELL] for value in values)
        used = max((at for at, cell in enumerate(cells, start=1) if cell), default=0)
        if not used:
            continue
        if used > MOST_COLUMNS:
            raise TableRefused("too_many_columns")
        count += 1
        if count > MOST_ROWS + 1:
            raise TableRefused("too_many_rows")
        yield Row(number, cells[:used])
    if not count:
        raise TableRefused("empty")


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return (
            value.date().isoformat()
            if value.time() == datetime.min.time()
            else value.isoformat(" ", "minutes")
        )
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _comma_separated(file: BinaryIO) -> Iterator[tuple[int, Sequence[object]]]:
    text = decoded(file.read())
    delimiter = delimiter_of(text)
    first = text.split("\n", 1)[0].strip().lower()
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, cells in enumerate(reader, start=1):
            if number > 1 or not first.startswith(_FORCED_DELIMITER):
                yield number, cells
    except csv.Error:
        raise TableRefused("damaged") from None


def decoded(raw: bytes) -> str:
    """Text from UTF-8, from UTF-16 with its mark, or else from Windows-1252, which French Excel writes.

    A guess by statistics would be wrong now and then about the accents of a short file; these three never are.
    """
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), "utf-8")
    if encoding != "utf-16" and b"\x00" in raw:
        raise TableRefused("not_a_table")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace") if encoding == "utf-8" else _refuse_damaged()


def _refuse_damaged() -> str:
    raise TableRefused("damaged")


def delimiter_of(text: str) -> str:
    """What stands between the columns: said in the first line, or what parts the headings into the most of them."""
    first = text.lstrip().split("\n", 1)[0].strip()
    forced = first[len(_FORCED_DELIMITER) :]
    if first.lower().startswith(_FORCED_DELIMITER) and len(forced) == 1 and forced in DELIMITERS:
        return forced
    return max(DELIMITERS, key=lambda delimiter: _columns(text.lstrip(), delimiter))


def _columns(text: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), ()))
    except csv.Error:
        return 0


def _spreadsheet(file: BinaryIO) -> Iterator[tuple[int, Sequence[object]]]:
    """Rows of the sheet that lies open. Formulas give the value that was last seen, nothing is worked out."""
    _refuse_bombs(file)
    book = _quietly(lambda: _load(file, read_only=True, data_only=True, keep_links=False))
    sheet = book.active
    if not hasattr(sheet, "iter_rows"):
        raise TableRefused("empty")
    rows = sheet.iter_rows(max_row=2 * MOST_ROWS, max_col=MOST_COLUMNS + 1, values_only=True)
    for number in range(1, 2 * MOST_ROWS + 1):
        cells = _quietly(lambda: next(rows, None))
        if cells is None:
            return
        yield number, cells


def _refuse_bombs(file: BinaryIO) -> None:
    """An archive says how large its entries are, and Python's reader stops there: no more than that is unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise TableRefused("damaged") from None
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED_BYTES:
        raise TableRefused("too_large")
    if "[Content_Types].xml" not in {entry.filename for entry in entries}:
        raise TableRefused("not_a_table")
    file.seek(0)


def _quietly(read: Callable[[], Any]) -> Any:
    """What openpyxl reads; whatever it raises on a file that somebody broke or built is one refusal."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and validation that are left aside
            return read()
    except (ParseError, zipfile.BadZipFile, OSError, ArithmeticError, LookupError, TypeError, ValueError):
        raise TableRefused("damaged") from None
    except (AttributeError, AssertionError, NotImplementedError, RecursionError, EOFError):
        raise TableRefused("damaged") from None
