"""The periodic report as DOCX: whoever opens it in a word processor can read all of it and go on writing."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from importlib import resources

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Mm
from PIL import Image

from app.publications.document import read
from app.publications.drawing import draw
from app.publications.periods import Period
from app.publications.telling import told
from app.publications.template_text import blocks
from app.publications.templates import EXAMPLES
from workers.publications.docx_pictures import measures
from workers.publications.docx_tables import widths
from workers.publications.paper_docx import lay_out
from workers.publications.report import Report

TEXT = """# Note

Avant-propos.

## 1. Types

Ce que montre le dessin.

@chart violations
@table regions

## 2. Détail

@table violations_by_region

## 3. Suite

Fin.
"""


@pytest.fixture(scope="module")
def report() -> Report:
    """A short text with the invented figures that come with the software."""
    now, before = (
        read(resources.files("app.publications").joinpath(name).read_text("utf-8")) for name in EXAMPLES
    )
    parts = blocks(TEXT, told(now, before, "fr", date(2026, 8, 1)), "fr")
    made_at = datetime(2026, 8, 1, tzinfo=UTC)
    return Report("Note", "fr", Period.parse(now.period), made_at, parts, now, "E-000001 · CNDH")


def test_everything_fits_its_page_and_the_contents_lead_to_their_headings(report: Report) -> None:
    note = docx.Document(io.BytesIO(lay_out(report)))
    ways = [section.orientation for section in note.sections]
    assert ways == [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE, WD_ORIENT.PORTRAIT]
    for table, section in zip(note.tables, note.sections, strict=False):
        measures_of_page = (section.page_width, section.left_margin, section.right_margin)
        width, left, right = (each or 0 for each in measures_of_page)
        assert sum(column.width or 0 for column in table.columns) <= width - left - right
        assert list(table.rows[0]._tr.iter(qn("w:tblHeader")))
    body = note.element.body
    led_to = [link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))]
    assert led_to == [mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))]
    assert len(led_to) == 3
    lead = next(each for each in note.paragraphs if each.text == "Ce que montre le dessin.")
    assert lead.paragraph_format.keep_with_next


def test_a_long_chart_is_there_to_its_last_bar(report: Report) -> None:
    note = docx.Document(io.BytesIO(lay_out(report)))
    (shape,) = note.inline_shapes
    assert shape.height <= Mm(190)
    svg = draw(
        "violations", dict(report.figures.tables), report.period, "fr", threshold=report.figures.threshold
    )
    width, height = measures(svg)
    assert shape.width / shape.height == pytest.approx(width / height, rel=0.01)
    image = Image.open(io.BytesIO(next(iter(note.part.package.image_parts)).blob))
    assert image.width / image.height == pytest.approx(width / height, rel=0.01)


@pytest.mark.parametrize("columns", range(2, 25))
def test_columns_are_never_wider_than_the_page_nor_too_narrow_for_a_figure(columns: int) -> None:
    across = Length(Cm(17) if columns <= 9 else Cm(25.7))
    found = widths(columns, across)
    assert len(found) == columns
    assert sum(found) <= across
    assert min(found) >= Cm(0.8)
