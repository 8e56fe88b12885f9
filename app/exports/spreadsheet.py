"""XLSX written row by row: typed dates, a heading that stays, and a sheet that says what the file is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import IO, Any

import xlsxwriter
from flask_babel import gettext

from app.exports.rows import COLUMNS, Value
from app.models import Case

LONGEST_CELL = 32_767  # Excel's limit
CUT_MARK = " […]"
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write(target: IO[bytes], cases: Iterable[Case], about: Sequence[tuple[str, str]]) -> int:
    """Write all cases and what the file is about, to which the count is added; the number of rows."""
    with xlsxwriter.Workbook(target, _OPTIONS) as workbook:
        heading = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        count = _write_cases(workbook, heading, cases)
        _write_about(workbook, heading, [*about, (gettext("Cases"), str(count))])
    return count


def _write_cases(workbook: Any, heading: Any, cases: Iterable[Case]) -> int:
    sheet = workbook.add_worksheet(gettext("Cases"))
    day = workbook.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
    text = workbook.add_format({"valign": "top", "text_wrap": True})
    for at, column in enumerate(COLUMNS):
        sheet.set_column(at, at, column.width)
        sheet.write_string(0, at, str(column.heading), heading)
    sheet.freeze_panes(1, 1)
    count = 0
    for count, case in enumerate(cases, start=1):
        for at, column in enumerate(COLUMNS):
            _write_cell(sheet, count, at, column.value(case), day, text)
    sheet.autofilter(0, 0, max(count, 1), len(COLUMNS) - 1)
    return count


def _write_cell(sheet: Any, row: int, column: int, value: Value, day: Any, text: Any) -> None:
    if isinstance(value, date):
        sheet.write_datetime(row, column, value, day)
    elif value not in {None, ""}:
        sheet.write_string(row, column, fitting(str(value)), text)


def fitting(text: str) -> str:
    """The text, cut with a mark where a cell can't hold it."""
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - len(CUT_MARK)] + CUT_MARK


def _write_about(workbook: Any, heading: Any, about: Sequence[tuple[str, str]]) -> None:
    sheet = workbook.add_worksheet(gettext("About"))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 60)
    for row, (name, value) in enumerate(about):
        sheet.write_string(row, 0, name, heading)
        sheet.write_string(row, 1, fitting(value))
