"""A small sealed file, opened as a whole in memory. Only for files of a couple of megabytes; see also originals.py."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from hmac import compare_digest

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.intake.uploads import chained
from app.models import UploadPiece
from workers.opening import CannotOpen, open_sealed_bytes
from workers.settings import WorkerSettings


def sealed_pieces(session: Session, upload_id: uuid.UUID) -> list[bytes]:
    """The pieces of a file as they came, in order."""
    pieces = (
        select(UploadPiece.sealed).where(UploadPiece.upload_id == upload_id).order_by(UploadPiece.sequence)
    )
    return list(session.scalars(pieces))


def opened(settings: WorkerSettings, pieces: Iterable[bytes], chain_digest: bytes) -> bytes:
    """What the pieces held. Raises CannotOpen when it isn't what came in, or is under a key that isn't here."""
    content, digest = bytearray(), bytes(32)
    for sealed in pieces:
        piece = open_sealed_bytes(settings, sealed)
        digest = chained(digest, piece)
        content += piece
    if not compare_digest(digest, bytes(chain_digest)):
        raise CannotOpen
    return bytes(content)
