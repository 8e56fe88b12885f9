"""A periodic report as DOCX, to be written on: the same text and tables, charts as pictures with their descriptions."""

from __future__ import annotations

import io
from typing import Any

import pypdfium2
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from markupsafe import Markup
from PIL import ImageOps

from app.publications.drawing import MAP, described, draw
from app.publications.labels import heading, words
from app.publications.template_text import Block
from workers.exports.papers.printing import paper
from workers.publications.report import Grid, Report, grid, legend

_PICTURE_SCALE = 3.0  # pixels for each point of the drawing: sharp on paper
_PICTURE_WIDTH = Cm(13)
_MARGIN = Cm(2)
_WIDE, _SMALL, _SMALLEST = 9, Pt(9), Pt(6)
_NO_MARGINS = "".join(
    f"@{corner}{{content:none}}" for corner in ("top-left", "top-right", "bottom-left", "bottom-right")
)
_ALONE = f"@page{{size:135mm 175mm;margin:0;{_NO_MARGINS}}}svg{{width:135mm}}"
_DRAWN = Markup(
    '<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{}</title></head><body>{}</body></html>'
)


def lay_out(report: Report) -> bytes:
    """The DOCX."""
    document = Document()
    _prepare(document, report)
    for block in report.blocks:
        _add(document, report, block)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _prepare(document: Any, report: Report) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.comments = report.title, "Seere", report.mark
    properties.language = report.language
    properties.created = properties.modified = report.made_at
    document.styles["Normal"].font.name, document.styles["Normal"].font.size = "Calibri", Pt(11)
    _speak(document, report.language)
    section = document.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.PORTRAIT, Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = _MARGIN
    section.header.paragraphs[0].text = report.title
    _number_pages(section.footer.paragraphs[0], report.mark)


def _speak(document: Any, language: str) -> None:
    """Have the text spelt and read aloud in its language."""
    properties = document.styles["Normal"].element.get_or_add_rPr()
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), {"fr": "fr-FR", "en": "en-GB"}[language])
    properties.append(spoken)


def _number_pages(paragraph: Any, mark: str) -> None:
    paragraph.text = f"{mark}\t\t" if mark else "\t\t"
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _add(document: Any, report: Report, block: Block) -> None:
    match block.kind:
        case "heading":
            document.add_heading(block.text, block.level)
        case "bullets":
            for item in block.items:
                document.add_paragraph(item, style="List Bullet")
        case "table":
            _table(document, grid(report.table(block.text), report.language))
            _small(document, legend(report))
        case "chart":
            _picture(document, report, block.text)
        case "page":
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        case _:
            document.add_paragraph(block.text)


def _table(document: Any, shown: Grid) -> None:
    caption = document.add_paragraph()
    caption.add_run(shown.title).bold = True
    caption.paragraph_format.keep_with_next = True
    table = document.add_table(rows=1, cols=len(shown.columns), style="Table Grid")
    size = _SMALLEST if len(shown.columns) > _WIDE else _SMALL
    _fill(table.rows[0], shown.columns, size, is_bold=True)
    _repeat(table.rows[0])
    for at, row in enumerate(shown.rows):
        _fill(table.add_row(), row, size, is_bold=shown.has_total and at == len(shown.rows) - 1)


def _fill(row: Any, texts: Any, size: Any, *, is_bold: bool) -> None:
    for cell, text in zip(row.cells, texts, strict=True):
        run = cell.paragraphs[0].add_run(text)
        run.bold, run.font.size = is_bold, size


def _repeat(row: Any) -> None:
    """The headings again on each page, and told to screen readers as such."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _small(document: Any, text: str) -> None:
    document.add_paragraph().add_run(text).font.size = _SMALL


def _picture(document: Any, report: Report, name: str) -> None:
    shape = document.add_picture(io.BytesIO(_drawn(report, name)), width=_PICTURE_WIDTH)
    described_by = shape._inline.docPr
    table = report.table("regions" if name == MAP else name)
    described_by.set("title", heading(table.code, report.language))
    described_by.set("descr", described(table, report.language) or words("hidden", report.language))


def _drawn(report: Report, name: str) -> bytes:
    """A drawing as PNG, by way of a page of PDF, without the white around it."""
    svg = draw(
        name, dict(report.figures.tables), report.period, report.language, threshold=report.figures.threshold
    )
    page = pypdfium2.PdfDocument(  # type: ignore[no-untyped-call]
        paper(_DRAWN.format(report.language, report.title, svg), css=_ALONE)
    )[0]
    image = page.render(scale=_PICTURE_SCALE).to_pil().convert("RGB")
    box = _inked(image)
    made = io.BytesIO()
    image.crop(box).save(made, "PNG")
    return made.getvalue()


def _inked(image: Any) -> tuple[int, int, int, int]:
    """The part of a picture that isn't white."""
    found = ImageOps.invert(image.convert("L")).getbbox()
    return found or (0, 0, image.width, image.height)
