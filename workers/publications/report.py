"""The periodic report: one period counted beside the one before, its text filled in, and what goes with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.clock import BAMAKO
from app.models import ExportRecord, User
from app.publications.labels import column_label, dimension_name, heading, label, words
from app.publications.periods import Period
from app.publications.rules import rules
from app.publications.tables import Figure, FigureTable, PeriodFigures
from app.publications.telling import number, told
from app.publications.template_text import Block, blocks
from app.publications.templates import current_source
from workers.publications.arranging import arrange
from workers.publications.editions import Edition, next_edition

FORMATS = ("pdf", "docx")
CONTENTS = {"fr": "Sommaire", "en": "Contents"}
CONTENTS_LEVEL = 2  # the headings that a list of contents has
_WHOLE = {"month"}  # a gap in time would mislead


@dataclass(frozen=True, slots=True)
class Report:
    """A report ready to be laid out. `figures` are those of its period, as they may be read."""

    title: str
    language: str
    period: Period
    made_at: datetime
    blocks: Sequence[Block]
    figures: PeriodFigures
    mark: str = ""  # on every page: which copy this is, and for whom
    editions: Sequence[Edition] = ()  # the counts behind it and behind what it is compared with

    def table(self, code: str) -> FigureTable:
        """One of its tables."""
        return self.figures.tables[code]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table in words: its heading, the headings of its columns, and its rows, of which the last may be a total."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    has_total: bool


def compose(
    session: Session, user: User | None, period: Period, language: str, made_at: datetime, mark: str = ""
) -> Report:
    """Count what this person may know of, hide what is too few, and fill in the text in force. Raises
    TemplateProblem where that text can't be used.
    """
    threshold = rules().threshold
    editions = [next_edition(session, each, threshold, user) for each in (period, period.before)]
    now, before = (
        arrange(edition.counts, each, threshold)
        for edition, each in zip(editions, (period, period.before), strict=True)
    )
    names: Mapping[str, Any] = told(now, before, language, made_at.astimezone(BAMAKO).date())
    parts = blocks(current_source(session, language), names, language)
    title = next((part.text for part in parts if part.kind == "heading"), period.label(language))
    return Report(title, language, period, made_at, parts, now, mark, editions)


def grid(table: FigureTable, language: str) -> Grid:
    """A table as both papers print it: without lines of noughts, and with a word where nothing is left."""
    columns = [dimension_name(table.row_dimension, language)]
    columns += [column_label(table.column_dimension, column, language) for column in table.columns]
    if table.row_totals:
        columns.append(words("total", language))
    rows = [
        [label(table.row_dimension, row, language), *(written(figure, language) for figure in line)]
        for row, line in table.lines()
        if table.row_dimension in _WHOLE or any(figure != 0 for figure in line)
    ]
    sums = [*table.column_totals, *([table.total] if table.has_total else [])]
    if sums:
        rows.append([words("total", language), *(written(figure, language) for figure in sums)])
    if not rows:
        rows.append([words("empty", language), *("" for _ in columns[1:])])
    return Grid(heading(table.code, language), columns, rows, bool(sums))


def written(figure: Figure, language: str) -> str:
    """A figure in a table; a dot for one that isn't shown."""
    return words("hidden", language) if figure is None else number(figure, language)


def legend(report: Report, code: str) -> str:
    """What the dot in one of its tables means; nothing where the table has none."""
    if all(figure is not None for _, line in report.table(code).lines() for figure in line):
        return ""
    return words("legend", report.language).format(threshold=report.figures.threshold)


def period_of(record: ExportRecord) -> Period:
    """The period that was asked for."""
    return Period.parse(record.filters["report_period"])


def write(report: Report, folder: Path, file_format: str) -> Path:
    """Lay a report out into an empty folder. Raises ValueError for a format that there isn't."""
    from workers.publications import paper_docx, paper_pdf

    layers = {"pdf": paper_pdf.lay_out, "docx": paper_docx.lay_out}
    if file_format not in layers:
        raise ValueError("no such format")
    path = folder / f"report-{report.period.code}.{file_format}"
    path.write_bytes(layers[file_format](report))
    return path
