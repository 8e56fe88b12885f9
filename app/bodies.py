"""What a request brings, read as it comes: never whole, never for ever."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import socket
from typing import IO

from flask import Request
from werkzeug.exceptions import ClientDisconnected

SILENCE_SECONDS = 60  # without a byte: whoever sent is gone
GRACE_SECONDS = 60
LEAST_BYTES_A_SECOND = 200  # a tenth of what GPRS gives; slower than that holds a thread for nothing


class Body:
    """A request's bytes. Raises werkzeug's ClientDisconnected when they stop before the end, or come too slowly."""

    def __init__(self, stream: IO[bytes], length: int | None) -> None:
        self._stream = stream
        self._length = length
        self._started = time.monotonic()
        self.received = 0

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""
        part = self._stream.read(size)
        self.received += len(part)
        if self._is_cut(part) or self._is_too_slow():
            raise ClientDisconnected
        return part

    def _is_cut(self, part: bytes) -> bool:
        """A server that ends the stream itself, as gunicorn does, can't tell a cut from the end; the length can."""
        return not part and self._length is not None and self.received < self._length

    def _is_too_slow(self) -> bool:
        seconds = time.monotonic() - self._started
        return seconds > GRACE_SECONDS and self.received < seconds * LEAST_BYTES_A_SECOND


@contextmanager
def body_of(request: Request, most_bytes: int) -> Iterator[Body]:
    """The body of a request that may be larger than others. More than `most_bytes` is 413.

    Nothing may have read the request's form, data or stream before.
    """
    request.max_content_length = most_bytes + 1  # to see its end, a byte more is asked for
    with _given_up_in_silence(request):
        yield Body(request.stream, request.content_length)


@contextmanager
def _given_up_in_silence(request: Request) -> Iterator[None]:
    """Gunicorn's threads would wait for the next byte for ever."""
    connection = request.environ.get("gunicorn.socket")
    if not isinstance(connection, socket):
        yield
        return
    before = connection.gettimeout()
    connection.settimeout(SILENCE_SECONDS)
    try:
        yield
    finally:
        with suppress(OSError):  # closed already
            connection.settimeout(before)
