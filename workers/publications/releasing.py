"""A periodic report as an export: what its file is made from, and how it is written. Signed and sealed as any other."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

from flask_babel import gettext
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.exports.levels import Level
from app.languages import speaking
from app.models import ExportRecord
from app.publications.document import CSV_COLUMNS, as_csv
from app.publications.document import write as document_of
from app.publications.labels import words
from app.publications.rules import rules
from app.publications.templates import current_source
from workers.exports.release import Copy, Field, FieldKind, Progress, Release, Row, Table, Withheld
from workers.publications.report import Report, compose, period_of, write

HIDDEN = "small_figures"  # a reason of withheld.toml


@dataclass(frozen=True, slots=True)
class ReportRelease(Release):
    """A release with the report that is to be laid out. Its rows are the figures of the report, one by one."""

    report: Report | None = None


def release_for(session: Session, record: ExportRecord) -> ReportRelease:
    """What the report that was asked for is made from. Raises TemplateProblem where its text can't be used."""
    made_at = utcnow()
    mark = f"{record.reference} · {record.recipient}"
    report = compose(session, record.user, period_of(record), record.language, made_at, mark)
    return ReportRelease(
        copy=_copy(session, record, report),
        tables={"cases": figures_table(report)},
        withheld=[Withheld(HIDDEN, report.figures.hidden)] if report.figures.hidden else [],
        risks=None,
        settle=partial(_settle, report),
        report=report,
    )


def _settle(report: Report, session: Session, _record: ExportRecord) -> None:
    """Keep the counts behind it: the next paper of these days is compared with them. Raises LedgerMoved."""
    for edition in report.editions:
        edition.note(session)


def write_pdf(release: Release, folder: Path, progress: Progress) -> Sequence[Path]:
    """The report as PDF, with its figures as CSV beside it."""
    return _written(release, folder, progress, "pdf")


def write_docx(release: Release, folder: Path, progress: Progress) -> Sequence[Path]:
    """The report as DOCX, with its figures as CSV beside it."""
    return _written(release, folder, progress, "docx")


def _written(release: Release, folder: Path, progress: Progress, file_format: str) -> Sequence[Path]:
    if not isinstance(release, ReportRelease) or release.report is None:
        raise TypeError("not a report")
    paper = write(release.report, folder, file_format)
    figures = folder / f"figures-{release.report.period.code}.csv"
    figures.write_text(_csv(release.report), encoding="utf-8-sig", newline="")
    progress(release.cases.count)
    return [paper, figures]


def figures_table(report: Report) -> Table:
    """Every figure of a report, a line each, as its CSV has them."""
    count = sum(1 for _ in _rows(report))
    fields = tuple(
        Field(code, FieldKind.TEXT, {"fr": code, "en": code}, rule="aggregate") for code in CSV_COLUMNS
    )
    return Table("figures", {"fr": "Chiffres", "en": "Figures"}, fields, partial(_rows, report), count)


def _rows(report: Report) -> Iterator[Row]:
    lines = csv.reader(io.StringIO(_csv(report), newline=""))
    next(lines)
    yield from (tuple(line) for line in lines)


def _csv(report: Report) -> str:
    return as_csv(document_of(report.figures, 0), report.language)


def _copy(session: Session, record: ExportRecord, report: Report) -> Copy:
    text = current_source(session, record.language)
    with speaking(record.language):
        filters = [(gettext("Period"), report.period.label(record.language))]
    return Copy(
        number=record.reference,
        level=Level(record.level),
        recipient=record.recipient,
        purpose=record.purpose,
        language=record.language,
        made_at=report.made_at,
        made_by=record.organisation.name,
        filters=filters,
        software=f"seere {version('seere')}",
        rules=hashlib.sha256(f"{rules()}{words('legend', 'fr')}{text}".encode()).hexdigest(),
    )
