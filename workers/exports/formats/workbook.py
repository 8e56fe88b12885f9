"""A workbook: how its sheets look, on the screen and on paper, where each page says whose copy it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlsxwriter

from app.plain_text import CUT_MARK, plain
from workers.exports.formats.row_sheet import RowSheet
from workers.exports.formats.spreadsheet_words import words
from workers.exports.release import Release

LONGEST_CELL = 32_767  # UTF-16 units: Excel's limit
_LONGEST_NAME = 31  # of a sheet
_LONGEST_RECIPIENT = 100  # a printed header holds 255 characters, its codes included
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
_A4 = 9
_TRUTH = '"TRUE";"TRUE";"FALSE"'  # what LibreOffice knows as yes or no, and shows in its own language; as Excel does
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@dataclass(slots=True)
class Book:
    """An open workbook with the formats that its cells share. `cuts` counts texts that did not fit."""

    release: Release
    workbook: Any
    heading: Any
    text: Any
    wrapped: Any
    quoted: Any
    day: Any
    figure: Any
    truth: Any
    cuts: int = 0
    names: set[str] = field(default_factory=set)

    @property
    def language(self) -> str:
        """That of headings and words."""
        return self.release.copy.language

    def sheet(self, name: str, headings: Sequence[str], widths: Sequence[int]) -> RowSheet:
        """A new sheet with a heading that stays on the screen and on every printed page."""
        made: RowSheet = self.workbook.add_worksheet(self._free_name(name), worksheet_class=RowSheet)
        for at, (text, width) in enumerate(zip(headings, widths, strict=True)):
            made.set_column(at, at, width)
            made.write_string(0, at, not_rich(self.fitting(text)), self.heading)
        made.freeze_panes(1, 0)
        made.repeat_rows(0)
        self._set_up_print(made)
        return made

    def fitting(self, text: str) -> str:
        """Text that a cell can hold: plain, and cut with a mark where it is too long."""
        clean = plain(text)
        if len(clean) <= LONGEST_CELL // 2:  # no character is more than two units
            return clean
        units = clean.encode("utf-16-le")
        if len(units) <= 2 * LONGEST_CELL:
            return clean
        self.cuts += 1
        return units[: 2 * (LONGEST_CELL - len(CUT_MARK))].decode("utf-16-le", errors="ignore") + CUT_MARK

    def write_lines(self, sheet: Any, lines: Sequence[Sequence[str | int | float]]) -> None:
        """Lines under the heading of a small sheet; texts as text, numbers as numbers."""
        for row, line in enumerate(lines, start=1):
            for at, value in enumerate(line):
                if isinstance(value, str):
                    sheet.write_string(row, at, not_rich(self.fitting(value)), self.wrapped)
                else:
                    sheet.write_number(row, at, value, self.figure)
        if lines:
            sheet.autofilter(0, 0, len(lines), len(lines[0]) - 1)

    def _free_name(self, wanted: str) -> str:
        base = _NOT_IN_NAMES.sub(" ", plain(wanted)).strip() or "–"
        name, number = base[:_LONGEST_NAME], 1
        while name.casefold() in self.names:
            number += 1
            name = f"{base[: _LONGEST_NAME - 1 - len(str(number))]} {number}"
        self.names.add(name.casefold())
        return name

    def _set_up_print(self, sheet: Any) -> None:
        copy = self.release.copy
        recipient = plain(copy.recipient).replace("\n", " ")[:_LONGEST_RECIPIENT].replace("&", "&&")
        page = words("print", self.language)["page"]
        sheet.set_header(f"&L{copy.number}&R{recipient}")
        sheet.set_footer(f"&L{copy.number}&R{page} &P / &N")
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)


def not_rich(text: str) -> str:
    """The text, led by a blank where XlsxWriter would take it for markup of its own and write it unescaped."""
    return f" {text}" if text.startswith("<r>") and text.endswith("</r>") else text


@contextmanager
def open_book(release: Release, path: Path) -> Iterator[Book]:
    """A new workbook, whole at the end; what it puts aside while writing stays in the same private folder.

    Where something goes wrong there is no file, and what was put aside is closed for whoever removes the folder.
    """
    book = _new_book(release, path)
    try:
        yield book
    except BaseException:
        for sheet in book.workbook.worksheets():
            sheet.abandon()
        book.workbook.fileclosed = True
        raise
    book.workbook.close()


def _new_book(release: Release, path: Path) -> Book:
    workbook = xlsxwriter.Workbook(path, {**_OPTIONS, "tmpdir": str(path.parent)})
    workbook.use_zip64()
    copy = release.copy
    workbook.set_properties({"title": copy.number, "author": "Seere", "created": copy.made_at})
    top = {"valign": "top"}
    return Book(
        release,
        workbook,
        heading=workbook.add_format({**top, "bold": True, "bottom": 1, "text_wrap": True}),
        text=workbook.add_format(top),
        wrapped=workbook.add_format({**top, "text_wrap": True}),
        quoted=workbook.add_format({**top, "text_wrap": True, "quote_prefix": True}),
        day=workbook.add_format({**top, "num_format": "yyyy-mm-dd", "align": "left"}),
        figure=workbook.add_format({**top, "align": "left"}),
        truth=workbook.add_format({**top, "align": "left", "num_format": _TRUTH}),
    )
