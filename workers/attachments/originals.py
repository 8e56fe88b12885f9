"""The original of a file as a seekable, read-only stream in constant memory, whichever way it is kept.

Pieces are fetched and opened one at a time, each in a short read of the database; no transaction stays open between.
"""

from __future__ import annotations

import base64
import hashlib
import io
import uuid
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from sqlalchemy import select

from app.database import close_session, db
from app.intake.uploads import chained
from app.models import Attachment, Upload, UploadPiece
from app.seeking import SeekableFile
from workers.opening import SEAL_BYTES, CannotOpen, keys_of_report, open_sealed, open_sealed_bytes
from workers.settings import WorkerSettings

_PIECES_KEPT = 4  # opened ones, in memory
_LENGTH_BYTES = 4  # before each value that a phone sealed
LARGEST_FRAME_BYTES = 4 * 1024 * 1024  # such a value
_READ_BYTES = 1024 * 1024


class Damaged(RuntimeError):
    """The original isn't what came in: bytes are missing, or the digest is another."""


@dataclass(frozen=True, slots=True)
class Original:
    """A file as it was sent, and the SHA-256 of the whole."""

    file: BinaryIO
    size: int
    sha256: bytes


class PiecewiseFile(SeekableFile):
    """A file in parts of any length, of which only a few are in memory. `starts` are their places, from 0."""

    def __init__(self, starts: Sequence[int], size: int, part: Callable[[int], bytes]) -> None:
        super().__init__(size)
        self._starts, self._part = starts, part
        self._kept: OrderedDict[int, bytes] = OrderedDict()

    def readinto(self, buffer: Any, /) -> int:
        """As much as the part at this place still holds. Raises CannotOpen and Damaged."""
        if self._at >= self._size:
            return 0
        number = bisect_right(self._starts, self._at) - 1
        content = self._opened(number)
        within = self._at - self._starts[number]
        found = content[within : within + len(buffer)]
        if not found:
            raise Damaged
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)

    def _opened(self, number: int) -> bytes:
        content = self._kept.pop(number, None)
        if content is None:
            content = self._part(number)
        self._kept[number] = content
        if len(self._kept) > _PIECES_KEPT:
            self._kept.popitem(last=False)
        return content


def original_of(settings: WorkerSettings, attachment_id: uuid.UUID) -> Original:
    """The original of an attachment, its digest taken anew and, of one that came in pieces, the chain checked.

    Raises CannotOpen and Damaged.
    """
    attachment = db.session.get(Attachment, attachment_id)
    upload_id = attachment.upload_id if attachment else None
    sealed = attachment.sealed_original if attachment else None
    if attachment is not None:
        settings = keys_of_report(db.session(), settings, attachment.report_id)
    close_session()
    if upload_id is not None:
        return _from_pieces(settings, upload_id)
    if sealed is None:
        raise Damaged
    return of_bytes(_bytes_in(settings, sealed))


def of_bytes(content: bytes) -> Original:
    """A file that is in memory already."""
    return Original(io.BytesIO(content), len(content), hashlib.sha256(content).digest())


def _bytes_in(settings: WorkerSettings, sealed: bytes) -> bytes:
    try:
        return base64.b64decode(open_sealed(settings, sealed)["bytes"], validate=True)
    except (KeyError, TypeError, ValueError) as error:
        raise CannotOpen from error


def _from_pieces(settings: WorkerSettings, upload_id: uuid.UUID) -> Original:
    upload = db.session.get(Upload, upload_id)
    rows = db.session.execute(
        select(UploadPiece.sequence, UploadPiece.start, UploadPiece.size)
        .where(UploadPiece.upload_id == upload_id)
        .order_by(UploadPiece.sequence)
    ).all()
    close_session()
    if upload is None or not upload.is_complete or not _is_gapless(rows, upload.size):
        raise Damaged

    def piece(number: int) -> bytes:
        return _piece(settings, upload_id, rows[number].sequence)

    _check_chain(upload.chain_digest, map(piece, range(len(rows))))
    file = _buffered([row.start for row in rows], upload.size, piece)
    return (
        _opened_twice(settings, file, upload.size)
        if upload.was_sealed_on_phone
        else _whole(file, upload.size)
    )


def _buffered(starts: Sequence[int], size: int, part: Callable[[int], bytes]) -> BinaryIO:
    return io.BufferedReader(PiecewiseFile(starts, size, part), 64 * 1024)


def _is_gapless(rows: Sequence[Any], size: int) -> bool:
    at = 0
    for row in rows:
        if row.start != at or row.size <= 0:
            return False
        at += row.size
    return at == size


def _piece(settings: WorkerSettings, upload_id: uuid.UUID, sequence: int) -> bytes:
    statement = select(UploadPiece.sealed).where(
        UploadPiece.upload_id == upload_id, UploadPiece.sequence == sequence
    )
    sealed = db.session.scalar(statement)
    close_session()
    if sealed is None:
        raise Damaged
    return open_sealed_bytes(settings, sealed)


def _check_chain(expected: bytes, pieces: Iterator[bytes]) -> None:
    """The digest that grew as the pieces came in, taken again."""
    digest = bytes(32)
    for content in pieces:
        digest = chained(digest, content)
    if digest != expected:
        raise Damaged


def _whole(file: BinaryIO, size: int) -> Original:
    digest, at = hashlib.sha256(), 0
    file.seek(0)
    while part := file.read(_READ_BYTES):
        digest.update(part)
        at += len(part)
    if at != size:
        raise Damaged
    file.seek(0)
    return Original(file, size, digest.digest())


@dataclass(frozen=True, slots=True)
class _Frame:
    """A value that a phone sealed: where it stands in what was sent, and what it holds in the file itself."""

    at: int
    sealed_size: int
    start: int

    @property
    def size(self) -> int:
        return self.sealed_size - SEAL_BYTES


def _opened_twice(settings: WorkerSettings, sent: BinaryIO, sent_size: int) -> Original:
    """What a phone sealed before it sent it: `length | sealed value` again and again."""
    frames = list(_frames(sent, sent_size))
    size = sum(frame.size for frame in frames)

    def part(number: int) -> bytes:
        frame = frames[number]
        sent.seek(frame.at)
        return open_sealed_bytes(settings, sent.read(frame.sealed_size))

    return _whole(_buffered([frame.start for frame in frames], size, part), size)


def _frames(sent: BinaryIO, sent_size: int) -> Iterator[_Frame]:
    """Where the values stand, by their lengths alone. Raises Damaged for lengths that don't add up."""
    at = start = 0
    while at < sent_size:
        sent.seek(at)
        sealed_size = int.from_bytes(sent.read(_LENGTH_BYTES), "big")
        frame = _Frame(at + _LENGTH_BYTES, sealed_size, start)
        if not 0 < frame.size <= LARGEST_FRAME_BYTES or frame.at + sealed_size > sent_size:
            raise Damaged
        yield frame
        at, start = frame.at + sealed_size, start + frame.size
