"""Working out what an export would hold: the very release that it would be made from, but nothing is written."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.database import db, transaction
from app.exports.askers import levels_for
from app.exports.previewing import Outlook, SmallCell
from app.exports.selection import ExportFilter, chosen_cases
from app.models import Act, Case, ExportKind, ExportPreview, ExportRecord, Organisation, PreviewState, User
from workers.exports.finishing import MOST_ATTEMPTS
from workers.exports.guarding import CannotRelease
from workers.exports.release import Release, Row, Table, Withheld
from workers.exports.releasing import release_for
from workers.exports.snapshot import begin_snapshot
from workers.processing import Keys

FEW = 5  # fewer cases of a kind in a region are shown as a small cell
MOST_CELLS = 12
SAMPLED_ROWS = 500
_PACKED = 0.3  # of plain text, what a package takes: measured on exports of the demonstration


def work_out_preview(keys: Keys, preview_id: uuid.UUID) -> None:
    """Work out one preview. One that is done or gone is left alone; one that was broken off begins anew."""
    preview = _begin(preview_id)
    if preview is None:
        return
    outlook = _looked(keys, db.session(), preview)
    with transaction() as session:
        found = session.get(ExportPreview, preview_id)
        if found is not None:
            found.state, found.cases_done = PreviewState.DONE, found.cases_total
            found.result = asdict(outlook)


def _begin(preview_id: uuid.UUID) -> ExportPreview | None:
    with transaction() as session:
        preview = session.get(ExportPreview, preview_id)
        if preview is None or preview.state == PreviewState.DONE:
            return None
        if preview.attempts >= MOST_ATTEMPTS:
            preview.state, preview.result = PreviewState.DONE, asdict(_nothing("given_up"))
            return None
        preview.state, preview.attempts = PreviewState.RUNNING, preview.attempts + 1
        return preview


def _looked(keys: Keys, session: Session, preview: ExportPreview) -> Outlook:
    """Read all that the export would be made from, and leave no trace."""
    begin_snapshot(session)
    user, wanted = session.get_one(User, preview.user_id), ExportFilter.from_record(preview.asked)
    try:
        return _outlook(keys, session, user, wanted, preview)
    finally:
        session.rollback()


def _outlook(
    keys: Keys, session: Session, user: User, wanted: ExportFilter, preview: ExportPreview
) -> Outlook:
    if preview.level not in levels_for(user):
        return _nothing("may_not")
    try:
        release = release_for(session, _as_asked(session, user, preview), keys)
    except CannotRelease as error:
        return _nothing(error.code, error.withheld)  # a refusal is an answer: it says why nothing can go out
    cells = _cells(session, user, wanted)
    return Outlook(
        rows=release.cases.count,
        withheld=[asdict(each) for each in release.withheld],
        risks=asdict(release.risks) if release.risks else None,
        small=_small(cells),
        alone=sum(1 for count in cells.values() if count == 1),
        bytes=_bytes(release),
    )


def _nothing(refusal: str, withheld: Iterable[Withheld] = ()) -> Outlook:
    told = [asdict(each) for each in withheld]
    return Outlook(rows=0, withheld=told, risks=None, small=(), alone=0, bytes=0, refusal=refusal)


def _as_asked(session: Session, user: User, preview: ExportPreview) -> ExportRecord:
    """The record that would be written. It never gets into the session, so nothing is."""
    return ExportRecord(
        id=uuid.uuid4(),
        number=0,
        user=user,
        user_id=user.id,
        organisation=user.organisation,
        organisation_id=user.organisation_id,
        kind=ExportKind.CASES,
        level=preview.level,
        file_format="csv",
        language="fr",
        recipient_organisation=(
            session.get(Organisation, preview.recipient_organisation_id)
            if preview.recipient_organisation_id
            else None
        ),
        recipient_organisation_id=preview.recipient_organisation_id,
        filters=preview.asked,
        purpose="",
        recipient="",
        rows_done=0,
        rows_total=0,
        asked_at=utcnow(),
    )


def _cells(session: Session, user: User, wanted: ExportFilter) -> Counter[tuple[str, str]]:
    """Cases by region and main kind of violation, before anything is withheld."""
    ids = chosen_cases(user, wanted).with_only_columns(Case.id)
    counted = (
        select(Case.region_code, Act.violation_code, func.count())
        .join(Act, (Act.case_id == Case.id) & Act.is_main & Act.removed_at.is_(None), isouter=True)
        .where(Case.id.in_(ids))
        .group_by(Case.region_code, Act.violation_code)
    )
    return Counter({(region or "", kind or ""): count for region, kind, count in session.execute(counted)})


def _small(cells: Counter[tuple[str, str]]) -> list[SmallCell]:
    few = sorted((count, *cell) for cell, count in cells.items() if count < FEW)
    return [SmallCell(region, violation, count) for count, region, violation in few[:MOST_CELLS]]


def _bytes(release: Release) -> int:
    """About how large the package would be, from the first rows of each table."""
    return round(sum(_bytes_of(table) for table in release.tables.values()) * _PACKED)


def _bytes_of(table: Table) -> int:
    sample = [_row_bytes(row) for _, row in zip(range(SAMPLED_ROWS), table.rows(), strict=False)]
    return table.count * sum(sample) // len(sample) if sample else 0


def _row_bytes(row: Row) -> int:
    return sum(_value_bytes(value) + 1 for value in row)


def _value_bytes(value: Any) -> int:
    if value is None:
        return 0
    if isinstance(value, Iterable) and not isinstance(value, str):
        return sum(len(str(each)) + 1 for each in value)
    return len(str(value).encode())
