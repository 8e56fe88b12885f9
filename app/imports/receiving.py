"""A table as it comes in with its form: its bytes are sealed as they are read, and never lie anywhere in the clear."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, cast

from flask import Request
from werkzeug.formparser import FormDataParser

from app.database import transaction
from app.intake import uploads
from app.intake.uploads import NewUpload, PieceWriter
from app.models import UploadPurpose
from app.settings import Settings

LARGEST_FILE_BYTES = 16 * 1024 * 1024
LARGEST_REQUEST_BYTES = LARGEST_FILE_BYTES + 64 * 1024
_MOST_PARTS = 10
_LARGEST_FIELD_BYTES = 256 * 1024  # more than the parser reads at once, which it counts too


@dataclass(frozen=True, slots=True)
class Received:
    """What a form held. `upload` is the sealed file; None where none was chosen, or one without a byte."""

    fields: Mapping[str, str]
    upload: NewUpload | None


class _SealedStream:
    """What Werkzeug's parser takes for a file: everything written to it is sealed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._writer: PieceWriter | None = None
        self.upload: NewUpload | None = None

    def write(self, content: bytes) -> int:
        """Take some bytes. Raises UploadRefused("too_large")."""
        if not content:
            return 0
        if self._writer is None:
            self.upload = uploads.begin(self._settings, LARGEST_FILE_BYTES, purpose=UploadPurpose.IMPORT)
            self._writer = PieceWriter(self._settings, self.upload.id)
        return self._writer.write(content)

    def seek(self, *_: int) -> int:
        """The parser goes back to the beginning, for readers; here are none."""
        return 0

    def close(self) -> None:
        """Nothing is held open."""

    def finish(self) -> None:
        """Every byte is here."""
        if self._writer is not None and self.upload is not None:
            self._writer.flush()
            with transaction() as session:
                uploads.close_at(session, self.upload.id)


def receive(request: Request, settings: Settings) -> Received:
    """Read a form with at most one file. Raises uploads.UploadRefused and HTTP errors; then nothing is kept."""
    streams: list[_SealedStream] = []

    def open_stream(*_: object, **__: object) -> IO[bytes]:
        streams.append(_SealedStream(settings))
        return cast("IO[bytes]", streams[-1])

    parser = FormDataParser(
        open_stream, max_form_memory_size=_LARGEST_FIELD_BYTES, max_form_parts=_MOST_PARTS, silent=False
    )
    try:
        _, fields, _ = parser.parse(
            request.stream, request.mimetype, request.content_length, request.mimetype_params
        )
        for stream in streams:
            stream.finish()
    except BaseException:
        _throw_away(settings, streams)
        raise
    kept = [stream for stream in streams if stream.upload]
    _throw_away(settings, kept[1:])
    return Received(fields.to_dict(), kept[0].upload if kept else None)


def _throw_away(settings: Settings, streams: list[_SealedStream]) -> None:
    for stream in streams:
        if stream.upload is not None:
            uploads.remove(settings, stream.upload.token)


def discard(settings: Settings, received: Received) -> None:
    """Keep nothing of a form that can't be taken after all."""
    if received.upload is not None:
        uploads.remove(settings, received.upload.token)


def upload_id_of(received: Received) -> uuid.UUID | None:
    """The file that came, if one did."""
    return received.upload.id if received.upload else None
