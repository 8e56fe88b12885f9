"""Charts and maps of a periodic report in a DOCX: the drawings of the PDF, as pictures with their descriptions."""

from __future__ import annotations

import io
import re
from typing import Any

import pypdfium2
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm
from markupsafe import Markup

from app.publications.drawing import MAP, described, draw
from app.publications.labels import heading, words
from workers.exports.papers.printing import drawing, paper
from workers.publications.report import Report

_SCALE = 3.0  # pixels for each point of the drawing: sharp on paper
_WIDEST, _HIGHEST = 110.0, 190.0  # millimetres: as large as leaves room for the text before it
_MAP_WIDEST = 85.0  # its table fits below it
_VIEW = re.compile(r'viewBox="0 0 (\d+(?:\.\d+)?) (\d+(?:\.\d+)?)"')
_NO_MARGINS = "".join(
    f"@{corner}{{content:none}}" for corner in ("top-left", "top-right", "bottom-left", "bottom-right")
)
_DRAWN = Markup(
    '<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{}</title></head><body>{}</body></html>'
)


def add_picture(document: Any, report: Report, name: str) -> Any:
    """A drawing with its description, in a paragraph of its own, which is returned."""
    svg = draw(
        name, dict(report.figures.tables), report.period, report.language, threshold=report.figures.threshold
    )
    width, height = measures(svg, _MAP_WIDEST if name == MAP else _WIDEST)
    shape = document.add_picture(io.BytesIO(_painted(svg, report, width, height)), width=Mm(width))
    _describe(shape, report, name)
    paragraph = document.paragraphs[-1]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def measures(svg: str, widest: float = _WIDEST) -> tuple[float, float]:
    """Width (`widest` at most) and height of a drawing in millimetres: whole, and in its own proportions. Raises
    ValueError for one that doesn't say how large it is.
    """
    found = _VIEW.search(svg)
    if found is None:
        raise ValueError("a drawing without a view box")
    width, height = float(found[1]), float(found[2])
    scale = min(widest / width, _HIGHEST / height)
    return round(width * scale, 2), round(height * scale, 2)


def _describe(shape: Any, report: Report, name: str) -> None:
    table = report.table("regions" if name == MAP else name)
    told = shape._inline.docPr
    told.set("title", heading(table.code, report.language))
    told.set("descr", described(table, report.language) or words("hidden", report.language))


def _alone(width: float, height: float) -> str:
    """A page as large as its drawing."""
    size = f"width:{width}mm;height:{height}mm"
    return f"@page{{size:{width}mm {height}mm;margin:0;{_NO_MARGINS}}}svg{{display:block;{size}}}"


def _painted(svg: Markup, report: Report, width: float, height: float) -> bytes:
    """A drawing as PNG, by way of a page of PDF of exactly its size."""
    html = _DRAWN.format(report.language, report.title, drawing(svg))
    page = pypdfium2.PdfDocument(paper(html, css=_alone(width, height)))[0]  # type: ignore[no-untyped-call]
    made = io.BytesIO()
    page.render(scale=_SCALE).to_pil().convert("RGB").save(made, "PNG", optimize=True)
    return made.getvalue()
