"""The sheets of a workbook that hold rows, with days as days and numbers as numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from xlsxwriter.utility import xl_col_to_name

from app.plain_text import is_like_formula
from workers.exports.formats.columns import Cell, Column, columns, remembered, rows_of
from workers.exports.formats.row_sheet import (
    day_cell,
    number_cell,
    text_cell,
    truth_cell,
)
from workers.exports.formats.workbook import Book
from workers.exports.release import FieldKind, Progress, Row, Table, Value

ROWS_A_SHEET = 1_048_575  # Excel's limit less the heading

Plan = Sequence[tuple[int, str, Cell]]  # where in the row, the beginning of a cell, and its ending


def write_table(book: Book, table: Table, progress: Progress, rows_a_sheet: int = ROWS_A_SHEET) -> None:
    """All rows of a table; where a sheet is full, the next one goes on."""
    chosen = columns(table, book.language)
    rows = rows_of(table, progress)
    first = next(rows, None)
    while True:
        here = chain([first], islice(rows, rows_a_sheet - 1)) if first is not None else iter(())
        _write_sheet(book, table, chosen, here)
        first = next(rows, None)
        if first is None:
            return


def _write_sheet(book: Book, table: Table, chosen: Sequence[Column], rows: Iterator[Row]) -> None:
    name = table.labels.get(book.language, table.code)
    sheet = book.sheet(name, [column.heading for column in chosen], [column.field.width for column in chosen])
    plan = _plan(book, chosen)
    count = 0
    for count, row in enumerate(rows, start=1):
        sheet.write_cells(count, _cells(plan, row, count + 1))
    sheet.say_size(count, len(chosen))
    sheet.autofilter(0, 0, max(count, 1), len(chosen) - 1)


def _cells(plan: Plan, row: Row, number: int) -> Iterator[str]:
    for at, beginning, ending in plan:
        value = row[at]
        if value is not None and (end := ending(value)):
            yield f"{beginning}{number}{end}"


def _plan(book: Book, chosen: Sequence[Column]) -> Plan:
    return [
        (column.at, f'<c r="{xl_col_to_name(at)}', remembered(column, _cell(book, column)))
        for at, column in enumerate(chosen)
    ]


def _cell(book: Book, column: Column) -> Cell:
    if column.kind is FieldKind.DATE:
        return lambda value: day_cell(value, book.day)
    if column.kind in {FieldKind.INTEGER, FieldKind.DECIMAL}:
        return lambda value: number_cell(value, book.text)
    if column.kind is FieldKind.BOOLEAN:
        return lambda value: truth_cell(value, book.truth)
    if column.field.kind is FieldKind.TEXT:
        return lambda value: _prose(book, value)
    convert = column.convert
    return lambda value: text_cell(book.fitting(str(convert(value) if convert else value)), book.text)


def _prose(book: Book, value: Value) -> str:
    """Free text wraps; what looks like a formula is marked as text, so that nobody's click makes it one."""
    text = book.fitting(str(value))
    return text_cell(text, book.quoted if is_like_formula(text) else book.wrapped)
