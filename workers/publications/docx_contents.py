"""The list of contents of a DOCX: a field that the writer's program can renew, filled with links to the headings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

_FIELD = ' TOC \\o "2-2" \\n \\h \\z '  # headings of the second level, without page numbers, as links


def add_contents(document: Any, title: str, entries: Sequence[tuple[str, str]]) -> None:
    """A title (no heading: it isn't in its own list), and a line for each heading with the name of its bookmark.

    Page numbers are left to the writer's program, which alone knows its pages.
    """
    document.add_paragraph().add_run(title).bold = True
    lines = [document.add_paragraph() for _ in entries]
    for line, (text, name) in zip(lines, entries, strict=True):
        line.paragraph_format.space_after = 0
        if line is lines[0]:
            _field(line, "begin", _FIELD)
        line._p.append(_link(text, name))
    if lines:
        _end(lines[-1])


def bookmark(paragraph: Any, name: str, number: int) -> None:
    """Make a heading something that can be led to."""
    begin, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for mark in (begin, end):
        mark.set(qn("w:id"), str(number))
    begin.set(qn("w:name"), name)
    paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, begin)
    paragraph._p.append(end)


def _field(paragraph: Any, kind: str, instruction: str) -> None:
    paragraph.add_run()._r.append(_mark(kind))
    said = OxmlElement("w:instrText")
    said.set(qn("xml:space"), "preserve")
    said.text = instruction
    paragraph.add_run()._r.append(said)
    paragraph.add_run()._r.append(_mark("separate"))


def _end(paragraph: Any) -> None:
    paragraph.add_run()._r.append(_mark("end"))


def _mark(kind: str) -> Any:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    return mark


def _link(text: str, name: str) -> Any:
    link, run, said = OxmlElement("w:hyperlink"), OxmlElement("w:r"), OxmlElement("w:t")
    link.set(qn("w:anchor"), name)
    said.text = text
    run.append(said)
    link.append(run)
    return link
