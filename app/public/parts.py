"""A multipart form as it comes in: fields are gathered, files handed on piece by piece. Nothing touches the disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Protocol

from flask import abort
from werkzeug.datastructures import Headers
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from app.intake.pieces import READ_BYTES, ByteSource

MULTIPART = "multipart/form-data"
MOST_PARTS = 200
LARGEST_FIELDS_BYTES = 512 * 1024  # all of them together
_LARGEST_HEAD_BYTES = 64 * 1024  # of one part
_BOUNDARY_EXTRA_BYTES = 16  # line break and dashes before it, dashes, blanks and line break behind it


class FileTaker(Protocol):
    """Where the bytes of files go."""

    def begin(self) -> None:
        """A file follows. What its browser calls it is not said."""

    def write(self, content: bytes) -> None:
        """Some bytes of it."""

    def end(self) -> None:
        """It is whole."""


class NoFiles:
    """Takes files and forgets them."""

    def begin(self) -> None:
        """Forget."""

    def write(self, content: bytes) -> None:
        """Forget."""

    def end(self) -> None:
        """Forget."""


def read_parts(source: ByteSource, boundary: bytes, files: FileTaker) -> list[tuple[bytes, bytes]]:
    """Names and values of the fields, as bytes; the files go where they are told to.

    A body that isn't quite as it should be (old phones leave out its end) gives what could be read of it. Too many or
    too large fields are 413; what `source` raises comes through.
    """
    gathering = _Gathering(files)
    decoder = _Decoder(boundary, _LARGEST_HEAD_BYTES, max_parts=MOST_PARTS)
    while content := source.read(READ_BYTES):
        decoder.receive_data(content)
        if not _pass_on(decoder, gathering.take):
            _drain(source)
            break
    decoder.receive_data(None)
    _pass_on(decoder, gathering.take)
    gathering.close()
    return gathering.fields


class _Decoder(MultipartDecoder):
    """Werkzeug's, mended in two places; tests/integration/files/test_posted.py fails where one of them is lost."""

    def _parse_headers(self, data: bytes | bytearray) -> Headers:
        """What stands before a part may be in any encoding: some phones write a file's name as they like."""
        return super()._parse_headers(bytes(data).decode("utf-8", "replace").encode())

    def _last_partial_boundary_index(self, data: bytes | bytearray) -> int:
        """From where on a boundary may have begun. Werkzeug's 3.1.9 gives a file the first half of the line break
        before its boundary when what has come so far ends just behind that boundary.
        """
        earliest = max(0, len(data) - len(self.boundary) - _BOUNDARY_EXTRA_BYTES)
        breaks = (data.find(sign, earliest) for sign in (b"\r", b"\n"))
        return min((at for at in breaks if at >= 0), default=len(data))


def _pass_on(decoder: MultipartDecoder, take: Callable[[Event], None]) -> bool:
    """Whether the rest can be read after what has come so far."""
    try:
        for event in _events(decoder):
            take(event)
    except ValueError:  # not multipart (any more)
        return False
    return True


def _events(decoder: MultipartDecoder) -> Iterator[Event]:
    while not isinstance(event := decoder.next_event(), NeedData):
        yield event
        if isinstance(event, Epilogue):
            return


def _drain(source: ByteSource) -> None:
    """To the end: a browser that isn't listened to shows an error of its own instead of our answer."""
    while source.read(READ_BYTES):
        pass


class _Gathering:
    """Takes the events of one body in their order."""

    def __init__(self, files: FileTaker) -> None:
        self.fields: list[tuple[bytes, bytes]] = []
        self._files = files
        self._name: bytes | None = None  # of the field that is being read
        self._value = bytearray()
        self._is_file = False
        self._room = LARGEST_FIELDS_BYTES

    def take(self, event: Event) -> None:
        """One part's beginning, or some of its bytes."""
        if isinstance(event, Field):
            self._name, self._value = _name(event), bytearray()
        elif isinstance(event, File):
            self._is_file = True
            self._files.begin()
        elif isinstance(event, Data):
            self._take_data(event.data)
            if not event.more_data:
                self.close()

    def close(self) -> None:
        """The part is over, or there is nothing more of it."""
        if self._name is not None:
            self.fields.append((self._name, bytes(self._value)))
        if self._is_file:
            self._files.end()
        self._name, self._is_file = None, False

    def _take_data(self, content: bytes) -> None:
        if self._is_file:
            self._files.write(content)
            return
        self._room -= len(content)
        if self._room < 0:
            abort(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        self._value += content


def _name(field: Field) -> bytes:
    return (field.name or "").encode("utf-8", "replace")
