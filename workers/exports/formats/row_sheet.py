"""A worksheet that takes whole rows of ready cells: a hundred thousand of them in seconds.

XlsxWriter spends some eight microseconds on a cell, most of it on finding out anew what a column is. The columns of a
table don't change, so their cells are put together here, and what repeats (codes, labels, days) only once. XlsxWriter
still makes the rest of the sheet and of the file. This rests on how its constant-memory mode puts rows aside; reading
the files back with openpyxl and LibreOffice in the tests would show if that changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from math import isfinite
from typing import Any
from xml.sax.saxutils import escape

from xlsxwriter.worksheet import Worksheet

from workers.exports.release import Value

_BEFORE_EXCEL = 693_594  # days from the first of the year 1 to Excel's day 0
_FIRST_DAY = date(1900, 3, 1)  # Excel believes in a 29th of February 1900
_EXACT = 2**53  # whole numbers beyond it are rounded in a spreadsheet
_LIKE_ESCAPE = re.compile(r"_(?=x[0-9a-fA-F]{4}_)")  # how the format writes what XML can't hold


class RowSheet(Worksheet):
    """A worksheet of a workbook in constant-memory mode."""

    def write_cells(self, row: int, cells: Iterable[str]) -> None:
        """A row of finished cells, from its number (0 is the heading); rows come in order."""
        self._write_single_row(row)  # puts aside what came before, and says that this row came
        target: Any = self.fh
        target.write(f'<row r="{row + 1}">{"".join(cells)}</row>')

    def say_size(self, rows: int, columns: int) -> None:
        """How far the cells reach, which `write_cells` leaves unsaid."""
        self._check_dimensions(rows, columns - 1)

    def abandon(self) -> None:
        """Close what was put aside: the workbook won't be finished."""
        self._opt_close()


def text_cell(text: str, style: Any) -> str:
    """The XML of a cell after the number of its row. The text may not hold what XML can't; nothing for no text."""
    if not text:
        return ""
    blank = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""
    escaped = escape(_LIKE_ESCAPE.sub("_x005F_", text))
    return f'" s="{style._get_xf_index()}" t="inlineStr"><is><t{blank}>{escaped}</t></is></c>'


def number_cell(value: Value, style: Any) -> str:
    """A cell of a number; as text where a spreadsheet would round it."""
    if isinstance(value, int | float) and isfinite(value) and abs(value) <= _EXACT:
        return f'" s="{style._get_xf_index()}"><v>{value!r}</v></c>'
    return text_cell(str(value), style)


def day_cell(value: Value, style: Any) -> str:
    """A cell of a day; as text before spreadsheets know days."""
    if isinstance(value, date) and value >= _FIRST_DAY:
        return number_cell(value.toordinal() - _BEFORE_EXCEL, style)
    return text_cell(str(value), style)


def truth_cell(value: Value, style: Any) -> str:
    """A cell of yes or no."""
    return f'" s="{style._get_xf_index()}" t="b"><v>{int(bool(value))}</v></c>'
