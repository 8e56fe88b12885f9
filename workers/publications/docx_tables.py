"""Tables of a periodic report in a DOCX: widths that fit what stands in them, figures to the right, heads repeated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt

from workers.publications.report import Grid

MOST_UPRIGHT = 9  # columns that fit across a page held upright
_NAMES, _NAMES_ALONE, _FIGURES_ALONE, _FIGURES_AT_MOST = Cm(4.6), Cm(9), Cm(3), Cm(3)
_SIZE, _SIZE_WIDE = Pt(9), Pt(7.5)
_TURNED_HEIGHT = Cm(2.6)  # the longest name of a region at 7.5 points
_SHADE = "E7E9EC"
_KEPT_WHOLE = 25  # rows; a longer table may be split, with its last rows kept together
_LAST_ROWS = 2


def is_wide(shown: Grid) -> bool:
    """Whether a table needs a page on its side."""
    return len(shown.columns) > MOST_UPRIGHT


def add_table(document: Any, shown: Grid, across: Length, *, is_followed: bool) -> Any:
    """The table with its title above it, `across` a page at most; the paragraph of the title.

    `is_followed`: what comes next belongs to it and stays on the page of its last rows.
    """
    title = _title(document, shown.title)
    table = document.add_table(rows=1, cols=len(shown.columns), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.LEFT, False
    _tell(table, shown.title)
    for row in shown.rows:
        _fill(table.add_row(), row, _size(shown))
    _head(table.rows[0], shown)
    if shown.has_total:
        _embolden(table.rows[-1])
    _measure(table, widths(len(shown.columns), across))
    _hold_together(list(table.rows), is_followed=is_followed)
    return title


def widths(columns: int, across: Length) -> Sequence[Length]:
    """How wide each column is: names have room, figures stand close enough to them to be read across."""
    if columns == 2:
        return (_NAMES_ALONE, _FIGURES_ALONE)
    each = min((across - _NAMES) // max(columns - 1, 1), _FIGURES_AT_MOST)
    return (_NAMES, *(Length(each) for _ in range(columns - 1)))


def _size(shown: Grid) -> Length:
    return _SIZE_WIDE if is_wide(shown) else _SIZE


def _title(document: Any, text: str) -> Any:
    title = document.add_paragraph()
    title.add_run(text).bold = True
    title.paragraph_format.keep_with_next = True
    title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(8), Pt(4)
    return title


def _tell(table: Any, title: str) -> None:
    """The title to whom doesn't see the table."""
    told = OxmlElement("w:tblCaption")
    told.set(qn("w:val"), title)
    table._tbl.tblPr.append(told)


def _fill(row: Any, texts: Sequence[str], size: Length) -> None:
    for at, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        paragraph = cell.paragraphs[0]
        paragraph.add_run(text).font.size = size
        paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = Pt(1)
        if at:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _mark(row, "w:cantSplit")


def _head(row: Any, shown: Grid) -> None:
    """The headings, again on each page, told to screen readers as such, and turned where columns are narrow."""
    _fill(row, shown.columns, _size(shown))
    _embolden(row)
    _mark(row, "w:tblHeader")
    for cell in row.cells:
        _shade(cell)
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
    if is_wide(shown):
        row.height, row.height_rule = _TURNED_HEIGHT, WD_ROW_HEIGHT_RULE.EXACTLY
        for cell in row.cells[1:]:
            _turn(cell)


def _embolden(row: Any) -> None:
    for cell in row.cells:
        for run in cell.paragraphs[0].runs:
            run.bold = True


def _mark(row: Any, name: str) -> None:
    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _shade(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", _SHADE)):
        shade.set(qn(name), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _turn(cell: Any) -> None:
    """Text from the bottom to the top."""
    turned = OxmlElement("w:textDirection")
    turned.set(qn("w:val"), "btLr")
    cell._tc.get_or_add_tcPr().append(turned)
    cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.LEFT


def _measure(table: Any, measures: Sequence[Length]) -> None:
    """Word goes by the cells' widths, others by the grid's."""
    for column, width in zip(table.columns, measures, strict=True):
        column.width = width
    for row in table.rows:
        for cell, width in zip(row.cells, measures, strict=True):
            cell.width = width


def _hold_together(rows: Sequence[Any], *, is_followed: bool) -> None:
    """A short table isn't split; a long one leaves neither its head nor its last row alone on a page."""
    kept = rows if len(rows) <= _KEPT_WHOLE else [rows[0], *rows[-_LAST_ROWS:]]
    for row in kept if is_followed else [each for each in kept if each is not rows[-1]]:
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True
