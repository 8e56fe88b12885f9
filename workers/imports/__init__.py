"""Tables of reports: their columns, a dry run, and taking in the rows."""

from __future__ import annotations

import io
import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from app.clock import utcnow
from app.database import close_session, db, transaction
from app.imports import service
from app.imports.mapping import read
from app.models import ImportState, ReportImport, Upload
from workers.imports.running import COME_BACK_AFTER, Work, find_columns, take_rows_in, try_rows
from workers.imports.tables import TableRefused
from workers.opening import CannotOpen
from workers.whole_files import opened, sealed_pieces

if TYPE_CHECKING:
    from workers.processing import Keys


def read_import(keys: Keys, import_id: uuid.UUID) -> datetime | None:
    """Do what the state of an import asks for. Gives the moment to come back at, None when that was all.

    A table that nobody imports within a week is erased.
    """
    with transaction() as session:
        found = session.get_one(ReportImport, import_id)
        state, upload_id = found.state, found.upload_id
        work = Work(found.id, found.organisation_id, read(found.mapping), found.rows_read)
        if state in service.WAITING_FOR_A_PERSON:
            return service.expire(session, found, utcnow())
    if upload_id is None:
        return None
    try:
        return _run(keys, ImportState(state), work, upload_id)
    except (TableRefused, CannotOpen) as refusal:
        code = str(refusal) if isinstance(refusal, TableRefused) else "damaged"
        with transaction() as session:
            service.note_failure(session, import_id, code)
    return None


def _run(keys: Keys, state: ImportState, work: Work, upload_id: uuid.UUID) -> datetime | None:
    digest = db.session.get_one(Upload, upload_id).chain_digest
    sealed = sealed_pieces(db.session(), upload_id)
    close_session()
    file = io.BytesIO(opened(keys.workers, sealed, digest))
    if state is ImportState.READING:
        find_columns(work, file)
    elif state is ImportState.CHECKING:
        try_rows(keys.settings, work, file)
    elif state is ImportState.IMPORTING:
        is_done = take_rows_in(keys.settings, work, file)
        return None if is_done else utcnow() + COME_BACK_AFTER
    return utcnow() + service.KEPT_FOR
