"""A periodic report as DOCX, to be written on: the same text and tables, charts as pictures with their descriptions."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt, RGBColor

from app.publications.drawing import MAP, map_legend
from app.publications.template_text import Block
from workers.publications.docx_contents import add_contents, bookmark
from workers.publications.docx_pictures import add_picture
from workers.publications.docx_tables import add_table, is_wide
from workers.publications.report import CONTENTS, CONTENTS_LEVEL, Report, grid, legend

_LONG_SIDE, _SHORT_SIDE, _MARGIN = Cm(29.7), Cm(21), Cm(2)
_FONT, _INK = "Calibri", RGBColor(0x17, 0x2B, 0x3F)
_SMALL = Pt(9)
_LOCALES = {"fr": "fr-FR", "en": "en-GB"}


def lay_out(report: Report) -> bytes:
    """The DOCX."""
    writing = _Writing(report)
    for block, following in pairwise([*report.blocks, None]):
        if block is not None:
            writing.add(block, following)
    made = io.BytesIO()
    writing.document.save(made)
    return made.getvalue()


class _Writing:
    """A document while it is written: whether a new page is due, and which way the page lies."""

    def __init__(self, report: Report) -> None:
        self.report, self.document = report, Document()
        self._is_break_due, self._is_listed, self._headings = False, False, 0
        _prepare(self.document, report)

    def add(self, block: Block, following: Block | None) -> None:
        """One block; words before a chart or a table stay on its page."""
        if block.kind == "page":
            self._is_break_due = True
            return
        self._turn(is_wide=block.kind == "table" and is_wide(self._grid(block)))
        first, last = self._write(block)
        if self._is_break_due:
            first.paragraph_format.page_break_before = True
            self._is_break_due = False
        if following is not None and following.kind in {"chart", "table"} and block.kind == "paragraph":
            last.paragraph_format.keep_with_next = True

    def _write(self, block: Block) -> tuple[Any, Any]:
        """The first and the last paragraph of what was written."""
        match block.kind:
            case "heading":
                written = [self._heading(block)]
            case "bullets":
                written = [self.document.add_paragraph(item, style="List Bullet") for item in block.items]
            case "table":
                written = [self._table(block)]
            case "chart":
                written = [add_picture(self.document, self.report, block.text)]
                if block.text == MAP:
                    written.append(self._small(map_legend(self.report.language)))
            case _:
                written = [self.document.add_paragraph(block.text)]
        return written[0], written[-1]

    def _heading(self, block: Block) -> Any:
        if block.level > 1 and not self._is_listed:
            add_contents(self.document, CONTENTS[self.report.language], self._entries())
            self._is_listed = self._is_break_due = True
        heading = self.document.add_heading(block.text, block.level)
        if block.level == CONTENTS_LEVEL:
            self._headings += 1
            bookmark(heading, _bookmark_of(self._headings), self._headings)
        return heading

    def _entries(self) -> list[tuple[str, str]]:
        listed = [
            each.text
            for each in self.report.blocks
            if each.kind == "heading" and each.level == CONTENTS_LEVEL
        ]
        return [(text, _bookmark_of(number)) for number, text in enumerate(listed, 1)]

    def _table(self, block: Block) -> Any:
        said = legend(self.report, block.text)
        title = add_table(self.document, self._grid(block), _across(self.document), is_followed=bool(said))
        self._small(said)
        return title

    def _small(self, text: str) -> Any:
        paragraph = self.document.add_paragraph()
        paragraph.add_run(text).font.size = _SMALL
        return paragraph

    def _grid(self, block: Block) -> Any:
        return grid(self.report.table(block.text), self.report.language)

    def _turn(self, *, is_wide: bool) -> None:
        """A page on its side for a wide table, and upright again after it."""
        way = WD_ORIENT.LANDSCAPE if is_wide else WD_ORIENT.PORTRAIT
        if self.document.sections[-1].orientation == way:
            return
        section = self.document.add_section()
        section.orientation = way
        section.page_width, section.page_height = section.page_height, section.page_width
        self._is_break_due = False  # a section begins a page


def _bookmark_of(number: int) -> str:
    return f"_Toc{number:08}"


def _across(document: Any) -> Length:
    """How wide the text of the page is."""
    section = document.sections[-1]
    return Length(section.page_width - section.left_margin - section.right_margin)


def _prepare(document: Any, report: Report) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.comments = report.title, "Seere", report.mark
    properties.language = report.language
    properties.created = properties.modified = report.made_at
    _dress(document)
    _speak(document, report.language)
    section = document.sections[0]
    section.page_width, section.page_height = _SHORT_SIDE, _LONG_SIDE
    section.left_margin = section.right_margin = _MARGIN
    _run_heads(section, report)


def _dress(document: Any) -> None:
    """One face for everything, and headings dark enough to be read."""
    document.styles["Normal"].font.name, document.styles["Normal"].font.size = _FONT, Pt(11)
    for level in range(1, 5):
        style = document.styles[f"Heading {level}"]
        style.font.color.rgb, style.font.name = _INK, _FONT
        faces = style.element.rPr.rFonts
        for theme in [name for name in faces.attrib if name.endswith("Theme")]:
            del faces.attrib[theme]  # a theme's face would win over the name


def _speak(document: Any, language: str) -> None:
    """Have the text spelt and read aloud in its language."""
    properties = document.styles["Normal"].element.get_or_add_rPr()
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), _LOCALES[language])
    properties.append(spoken)


def _run_heads(section: Any, report: Report) -> None:
    """The title above; below which copy it is, and the page of how many."""
    above, below = section.header.paragraphs[0], section.footer.paragraphs[0]
    above.add_run(report.title).font.size = _SMALL
    below.paragraph_format.tab_stops.clear_all()
    width = _SHORT_SIDE - 2 * _MARGIN
    for paragraph in (above, below):
        paragraph.style = "Normal"
        paragraph.paragraph_format.tab_stops.add_tab_stop(Length(width), WD_TAB_ALIGNMENT.RIGHT)
    below.add_run(f"{report.mark}\t").font.size = _SMALL
    _count(below, "PAGE")
    below.add_run(" / ").font.size = _SMALL
    _count(below, "NUMPAGES")


def _count(paragraph: Any, what: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), what)
    paragraph._p.append(field)
