"""What one row of a table is as a report, and by what it is known when it comes again."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from marshmallow import ValidationError

from app.imports.mapping import Mapped
from app.intake.partner_cells import typed
from app.intake.partner_problems import problems_of
from app.intake.partner_reports import PartnerReport, check, digest_of, new_report
from app.intake.service import NewReport
from app.settings import Settings
from workers.imports.tables import Cells, Row


def cells_by_field(row: Row, headings: Cells, mapped: Mapped) -> dict[str, str]:
    """The text of each field in a row; with the other columns in the text where that was asked for."""
    cells = {field: _cell(row.cells, at) for field, at in mapped.columns.items()}
    if mapped.with_others:
        others = _others(row, headings, set(mapped.columns.values()))
        cells["text"] = "\n".join([cells.get("text", ""), *others]).strip()
    return cells


def _others(row: Row, headings: Cells, taken: set[int]) -> Iterator[str]:
    for at, cell in enumerate(row.cells):
        if cell and at not in taken:
            heading = _cell(headings, at)
            yield f"{heading}: {cell}" if heading else cell


def _cell(cells: Cells, at: int) -> str:
    return cells[at] if at < len(cells) else ""


def report_in(row: Row, headings: Cells, mapped: Mapped) -> PartnerReport:
    """The report of a row, by the rules that hold for programs too. Raises ValidationError."""
    given: dict[str, Any] = {**typed(cells_by_field(row, headings, mapped))}
    return check({**given, "consent": mapped.consent.as_record()})


def problems_in(row: Row, error: ValidationError) -> list[dict[str, Any]]:
    """What is wrong with a row, without a word of what stands there."""
    return [
        {"row": row.number, "field": problem.path[0] if problem.path else "", "code": problem.code}
        for problem in problems_of(error.messages)
    ]


def as_new_report(
    settings: Settings, organisation_id: uuid.UUID, report: PartnerReport, received_at: datetime
) -> NewReport:
    """What is handed to the intake. The same content is the same report, whichever file it stands in."""
    content: Mapping[str, Any] = {**report.submission.as_content(), "language": report.language}
    digest = digest_of(settings, str(organisation_id), content)
    return new_report(
        settings, organisation_id, report, reference=f"import:{digest.hex()}", received_at=received_at
    )
