"""The file of an import, opened: in memory only, and only if it is what came in."""

from __future__ import annotations

import io
import uuid
from typing import BinaryIO

from sqlalchemy import select

from app.database import close_session, db
from app.intake.uploads import chained
from app.models import Upload, UploadPiece
from workers.opening import CannotOpen, open_sealed_bytes
from workers.settings import WorkerSettings


def content_of(settings: WorkerSettings, upload_id: uuid.UUID) -> BinaryIO:
    """What was sent. Raises CannotOpen when it is damaged or under a key that isn't here."""
    digest_then = db.session.get_one(Upload, upload_id).chain_digest
    sealed = db.session.scalars(
        select(UploadPiece.sealed).where(UploadPiece.upload_id == upload_id).order_by(UploadPiece.sequence)
    ).all()
    close_session()
    content, digest = io.BytesIO(), bytes(32)
    for piece in sealed:
        opened = open_sealed_bytes(settings, piece)
        digest = chained(digest, opened)
        content.write(opened)
    if digest != digest_then:
        raise CannotOpen
    content.seek(0)
    return content
