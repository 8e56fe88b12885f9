"""One run over a table: looking for its columns, a dry run, or taking its rows in. Each can be done again.

A run stops after a while and comes back, so that it never outlasts its claim; taking in goes on where it stopped.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Any, BinaryIO

from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.database import close_session, db, transaction
from app.imports import service
from app.imports.mapping import MOST_PROBLEMS, Mapped
from app.intake.service import channel_reference, submit
from app.models import Report
from app.settings import Settings
from workers.imports.headings import columns_of
from workers.imports.rows import as_new_report, problems_in, report_in
from workers.imports.tables import Cells, Row, rows_of

STINT_SECONDS = 5 * 60
COME_BACK_AFTER = timedelta(seconds=1)
_TOGETHER = 25  # rows between two notes of how far it is


@dataclass(frozen=True, slots=True)
class Work:
    """An import as its run needs it."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    mapped: Mapped
    done_rows: int


@dataclass
class _Tally:
    """What a run over some rows came to."""

    rows: int = 0
    accepted: int = 0
    repeated: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list)


def find_columns(work: Work, file: BinaryIO) -> None:
    """Note which columns the table has. Raises TableRefused."""
    found = columns_of(rows_of(file))
    with transaction() as session:
        service.note_columns(session, work.id, [asdict(column) for column in found.columns], found.rows)


def try_rows(settings: Settings, work: Work, file: BinaryIO) -> None:
    """Check every row, and count which ones are here already; nothing is taken in. Raises TableRefused."""
    rows = rows_of(file)
    headings = next(rows).cells
    tally, seen = _Tally(), set[bytes]()
    while batch := list(islice(rows, _TOGETHER)):
        _try(settings, work, headings, batch, tally, seen)
        _note(work, tally)
    with transaction() as session:
        service.note_checked(session, work.id)


def _try(
    settings: Settings, work: Work, headings: Cells, batch: list[Row], tally: _Tally, seen: set[bytes]
) -> None:
    references: list[bytes] = []
    for row in batch:
        tally.rows += 1
        try:
            report = report_in(row, headings, work.mapped)
        except ValidationError as error:
            tally.problems += problems_in(row, error)
        else:
            new = as_new_report(settings, work.organisation_id, report, utcnow())
            references.append(channel_reference(settings, new))
    new_ones = set(references) - seen - _here(db.session(), references)
    seen |= new_ones
    tally.accepted += len(new_ones)
    tally.repeated += len(references) - len(new_ones)


def _here(session: Session, references: list[bytes]) -> set[bytes]:
    found = session.scalars(select(Report.channel_reference).where(Report.channel_reference.in_(references)))
    return set(found)


def take_rows_in(settings: Settings, work: Work, file: BinaryIO) -> bool:
    """Make a report of every row that can be one; False when there is more to do. Raises TableRefused."""
    stop_at = time.monotonic() + STINT_SECONDS
    rows = rows_of(file)
    headings = next(rows).cells
    for batch in _batches(islice(rows, work.done_rows, None)):
        tally = _Tally()
        for row in batch:
            _take_in(settings, work, headings, row, tally)
        with transaction() as session:
            service.add_progress(session, work.id, tally.rows, tally.accepted, tally.repeated)
        if time.monotonic() > stop_at:
            return False
    with transaction() as session:
        service.note_done(session, work.id)
    return True


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, _TOGETHER)):
        yield batch


def _take_in(settings: Settings, work: Work, headings: Cells, row: Row, tally: _Tally) -> None:
    tally.rows += 1
    try:
        report = report_in(row, headings, work.mapped)
    except ValidationError:
        return  # the dry run told what is wrong with it
    receipt = submit(settings, as_new_report(settings, work.organisation_id, report, utcnow()))
    tally.accepted += not receipt.is_repeat
    tally.repeated += receipt.is_repeat


def _note(work: Work, tally: _Tally) -> None:
    close_session()
    with transaction() as session:
        service.set_progress(
            session,
            work.id,
            rows_read=tally.rows,
            accepted=tally.accepted,
            repeated=tally.repeated,
            problems=tally.problems[:MOST_PROBLEMS],
        )
