"""How far an export is, told while its rows are still being read: by a connection of its own, now and then.

The same words ask whether to go on: who asked may have taken it back, and another worker may have begun anew.
"""

from __future__ import annotations

import time
import uuid

from sqlalchemy import update

from app.database import db, transaction_apart
from app.models import ExportRecord, ExportState

TELL_EVERY_SECONDS = 2.0


class NotOurs(Exception):
    """The export was cancelled, or somebody else makes it: stop, and leave its record alone."""


class Progress:
    """Counts rows; call it with how many more were written. Raises NotOurs when it is no longer to be made."""

    def __init__(self, export_id: uuid.UUID, folder: str) -> None:
        self._export_id, self._folder = export_id, folder
        self._rows, self._told_at = 0, time.monotonic()

    def __call__(self, more: int) -> None:
        """Add rows, and tell the record once in a while."""
        self._rows += more
        if time.monotonic() - self._told_at >= TELL_EVERY_SECONDS:
            self.tell()

    def tell(self) -> None:
        """Tell the record now."""
        statement = (
            update(ExportRecord)
            .where(ExportRecord.id == self._export_id, ExportRecord.folder == self._folder)
            .where(ExportRecord.state == ExportState.MAKING)
            .values(rows_done=self._rows)
        )
        with transaction_apart(db.engine) as connection:
            is_ours = connection.execute(statement).rowcount == 1
        if not is_ours:
            raise NotOurs
        self._told_at = time.monotonic()
