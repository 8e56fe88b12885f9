"""How much may come in: files and bytes of one network, and of everybody together. Reports in words go first."""

from __future__ import annotations

import shutil

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.intake.uploads import PIECE_BYTES, UploadRefused
from app.limits import UPLOADED_PIECES, UPLOADS, Limits
from app.models import Attachment, Upload, UploadPurpose
from app.settings import Settings

MOST_UNATTACHED_BYTES = 4 * 1024**3  # of all files that no report has, in the day that they are kept
LEAST_FREE_BYTES = 1024**3  # on SQLite's disk: below that no files are taken, so that reports still can be


def check_room(settings: Settings, session: Session) -> None:
    """Raises UploadRefused("no_room") when the installation can't take files for the time being."""
    if _free_bytes(settings) < LEAST_FREE_BYTES or unattached_bytes(session) >= MOST_UNATTACHED_BYTES:
        raise UploadRefused("no_room")


def check_beginning(limits: Limits, who: str) -> None:
    """Count one file of somebody's network. Raises UploadRefused("too_many")."""
    if not limits.count(UPLOADS, who):
        raise UploadRefused("too_many")


def unattached_bytes(session: Session) -> int:
    """What is here of files that belong to no report (yet)."""
    is_attached = select(Attachment.id).where(Attachment.upload_id == Upload.id).exists()
    found = session.scalar(
        select(func.sum(Upload.received)).where(
            Upload.expires_at > utcnow(), Upload.purpose == UploadPurpose.EVIDENCE, ~is_attached
        )
    )
    return int(found or 0)


class Meter:
    """Counts one network's bytes in steps of a piece, the first of them at once."""

    def __init__(self, limits: Limits, who: str) -> None:
        self._limits = limits
        self._who = who
        self._paid_for = 0

    def count(self, size: int) -> None:
        """So many more bytes came. Raises UploadRefused("too_many") when the day's are used up."""
        self._paid_for -= size
        while self._paid_for < 0:
            if not self._limits.count(UPLOADED_PIECES, self._who):
                raise UploadRefused("too_many")
            self._paid_for += PIECE_BYTES


def _free_bytes(settings: Settings) -> int:
    if not settings.database_url.startswith("sqlite"):
        return LEAST_FREE_BYTES  # the database's disk is elsewhere; its keeper watches it
    return shutil.disk_usage(settings.var).free
