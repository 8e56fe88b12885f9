"""Making an export: claimed, written into a private folder, proved, packed, sealed to who asked; then, and only then,
said to be ready. A worker that is killed half-way leaves a folder behind, which goes when another one begins anew.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.database import db, transaction
from app.exports.askers import may_take
from app.exports.keeping import SEALED, erase, folder_of, let_go, new_folder
from app.exports.members import packed
from app.exports.sealed_files import SealedAs, seal_file
from app.garbage import collecting_seldom
from app.models import OPEN_STATES, ExportKind, ExportRecord, ExportState, User
from app.settings import Settings
from workers.deliveries.holding import Held, hold, owe
from workers.exports import register
from workers.exports.finishing import CannotMake, Made, code_of, fail, finish, give_up
from workers.exports.flowing import readings_closed
from workers.exports.formats import WRITERS
from workers.exports.ledger import LedgerMoved
from workers.exports.packaging import pack
from workers.exports.papers.case_reading import with_case_file
from workers.exports.progress import NotOurs, Progress
from workers.exports.proof import Manifest, add_proof
from workers.exports.provenance import provenance
from workers.exports.release import Release
from workers.exports.releasing import release_for
from workers.exports.second_pass import SecondPass
from workers.exports.snapshot import begin_snapshot
from workers.processing import Keys
from workers.publications import releasing as periodic

LOOK_AGAIN_AFTER = timedelta(seconds=30)  # while another one of the same person is being made
MOST_DECISIONS = 3  # where other releases to the same readers come between
_WORK, _PACKAGE = "work", "package"


def make(keys: Keys, export_id: uuid.UUID, again: SecondPass | None = None) -> datetime | None:
    """Make one export; a moment to come back at, where another one of the same person comes first.

    One that is made, cancelled or failed is left alone. One that was broken off begins anew. A judicial file is made
    elsewhere (workers/exports/judicial): identities never come this way. `again` reads texts that aren't ready, where
    that isn't done in this process.
    """
    begun = _begin(keys.settings, export_id)
    if not isinstance(begun, str):
        return begun
    try:
        with collecting_seldom():
            _make_and_finish(keys, export_id, begun, again)
    except NotOurs:
        db.session.rollback()
        erase(keys.settings, begun)
    except Exception as error:  # noqa: BLE001 - whatever it was: who asked is told a code, and tries again
        db.session.rollback()
        erase(keys.settings, begun)
        fail(export_id, begun, code_of(error))
    return None


def _begin(settings: Settings, export_id: uuid.UUID) -> str | datetime | None:
    """The folder to make it in, now that it is ours; a moment to come back at; or None for nothing to do."""
    with transaction() as session:
        record = session.get(ExportRecord, export_id, with_for_update={"of": ExportRecord})
        if record is None or record.state not in OPEN_STATES or record.kind == ExportKind.JUDICIAL:
            return None
        session.get_one(User, record.user_id, with_for_update={"of": User})  # two of one person wait here
        if _has_another(session, record):
            return utcnow() + LOOK_AGAIN_AFTER
        left_over, folder = let_go(record), None
        if not give_up(session, record):
            record.state, record.rows_done, record.folder = ExportState.MAKING, 0, new_folder(settings)
            folder = record.folder
    if left_over:
        erase(settings, left_over)
    return folder


def _has_another(session: Session, record: ExportRecord) -> bool:
    """Whether one of the same person is being made, by a worker that is at it or will be begun anew."""
    other = select(ExportRecord.id).where(
        ExportRecord.user_id == record.user_id,
        ExportRecord.id != record.id,
        ExportRecord.state == ExportState.MAKING,
    )
    return session.scalar(other.limit(1)) is not None


def _make_and_finish(keys: Keys, export_id: uuid.UUID, folder: str, again: SecondPass | None) -> None:
    """Decide anew where another release was noted meanwhile. Raises LedgerMoved when that happens again and again."""
    for _ in range(MOST_DECISIONS - 1):
        try:
            return _once(keys, export_id, folder, again)
        except LedgerMoved:
            db.session.rollback()
            (folder_of(keys.settings, folder) / SEALED).unlink()
    return _once(keys, export_id, folder, again)


def _once(keys: Keys, export_id: uuid.UUID, folder: str, again: SecondPass | None) -> None:
    """Write, prove, pack, seal, say so. No transaction that writes is open until the last step."""
    session, home = db.session(), folder_of(keys.settings, folder)
    begin_snapshot(session)
    record = session.get_one(ExportRecord, export_id)
    if not may_take(record.user, record):
        raise CannotMake("may_not")
    progress = Progress(export_id, folder)
    with readings_closed(session):
        release = _release(session, record, keys, again)
        proved = _written(keys, session, record, release, home / _WORK, progress)
    progress.tell()
    sealed, held = _sealed(keys.settings, session, record, home)
    risks = asdict(release.risks) if release.risks else None
    withheld = [asdict(each) for each in release.withheld]
    members = packed(release.members)
    made = Made(sealed, release.cases.count, withheld, risks, proved.content, members)
    finish(export_id, folder, made, partial(_settle, release, held))


def _release(session: Session, record: ExportRecord, keys: Keys, again: SecondPass | None) -> Release:
    if record.kind == ExportKind.REGISTER:
        return register.release_for(session, record)
    if record.kind == ExportKind.REPORT:
        return periodic.release_for(session, record)
    return with_case_file(session, record, release_for(session, record, keys, again))


def _written(
    keys: Keys, session: Session, record: ExportRecord, release: Release, work: Path, progress: Progress
) -> Manifest:
    """The files of the copy, in a folder of their own, with what proves them."""
    work.mkdir(mode=0o700)
    files = WRITERS[record.file_format](release, work, progress)
    return add_proof(release, work, files, keys.workers.export_key, provenance(session, record))


def _settle(release: Release, held: Sequence[Held], session: Session, record: ExportRecord) -> None:
    """What must be true together with the export's being ready."""
    if release.settle is not None:
        release.settle(session, record)
    owe(session, record, held)


def _sealed(
    settings: Settings, session: Session, record: ExportRecord, home: Path
) -> tuple[SealedAs, Sequence[Held]]:
    """Pack what was written and seal that; for who gets it by schedule too. What is plain is gone afterwards."""
    work, package = home / _WORK, home / _PACKAGE
    pack(work, package)
    sealed = seal_file(package, home / SEALED, record.id)
    held = hold(settings, session, record, package)
    package.unlink()
    for path in sorted(work.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    work.rmdir()
    return sealed, held
