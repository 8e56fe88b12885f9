"""How the process that reads files talks: it asks for parts of the file, then says what it found.

Both directions carry numbers in big-endian order. To the parent: `R | offset (8) | size (4)` asks for bytes,
`D | size (4) | JSON | copy | preview` ends it. To the child: first `size (4) | JSON` with the order, then
`size (4) | bytes` for each question.
"""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Sequence
from typing import Any, BinaryIO

from workers.decoding.findings import (
    COPY_TYPES,
    LARGEST_COPY_BYTES,
    LARGEST_PREVIEW_BYTES,
    LONGEST_TYPE,
    MOST_RECTANGLES,
    Caution,
    Copy,
    Findings,
    Order,
)
from workers.decoding.plain_details import bounded

READ, DONE = b"R", b"D"
LARGEST_QUESTION_BYTES = 1024 * 1024
LARGEST_ANSWER_BYTES = 2 * 1024 * 1024  # of JSON
_QUESTION, _LENGTH = struct.Struct(">QI"), struct.Struct(">I")


class BrokenPipe(ValueError):
    """The other side is gone, or says what it may not say."""


def exactly(stream: BinaryIO, size: int) -> bytes:
    """So many bytes. Raises BrokenPipe where the stream ends before."""
    parts = bytearray()
    while len(parts) < size:
        part = stream.read(size - len(parts))
        if not part:
            raise BrokenPipe
        parts += part
    return bytes(parts)


def _framed(stream: BinaryIO, most: int) -> bytes:
    (size,) = _LENGTH.unpack(exactly(stream, _LENGTH.size))
    if size > most:
        raise BrokenPipe
    return exactly(stream, size)


def give(stream: BinaryIO, content: bytes) -> None:
    """Write bytes with their length before them."""
    waiting = memoryview(_LENGTH.pack(len(content)) + content)
    while waiting:
        waiting = waiting[stream.write(waiting) :]  # an unbuffered pipe may take less than all
    stream.flush()


def give_order(stream: BinaryIO, order: Order) -> None:
    """Tell the child what is asked for."""
    rectangles = None if order.rectangles is None else [list(each) for each in order.rectangles]
    told = {"size": order.size, "seconds": order.seconds, "rectangles": rectangles}
    give(stream, json.dumps(told).encode("ascii"))


def take_order(stream: BinaryIO) -> Order:
    """What the parent asks for."""
    return Order(**json.loads(_framed(stream, LARGEST_ANSWER_BYTES)))


class RemoteFile(io.RawIOBase):
    """The file as the child sees it: seekable, read-only, and never whole in its memory."""

    def __init__(self, questions: BinaryIO, answers: BinaryIO, size: int) -> None:
        super().__init__()
        self._questions, self._answers, self._size, self._at = questions, answers, size, 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place; before the beginning there is none."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        """Ask the parent for at most as many bytes as fit."""
        wanted = min(len(buffer), LARGEST_QUESTION_BYTES, max(0, self._size - self._at))
        if wanted == 0:
            return 0
        self._questions.write(READ + _QUESTION.pack(self._at, wanted))
        self._questions.flush()
        content = _framed(self._answers, wanted)
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)


def serve(questions: BinaryIO, answers: BinaryIO, file: BinaryIO) -> Findings:
    """Answer the child's questions until it says what it found. Raises BrokenPipe."""
    while (kind := exactly(questions, 1)) == READ:
        offset, wanted = _QUESTION.unpack(exactly(questions, _QUESTION.size))
        if wanted > LARGEST_QUESTION_BYTES:
            raise BrokenPipe
        file.seek(offset)
        give(answers, file.read(wanted))
    if kind != DONE:
        raise BrokenPipe
    return _findings(questions)


def give_findings(stream: BinaryIO, found: Findings) -> None:
    """Say what was found."""
    told = {
        "content_type": found.content_type,
        "caution": found.caution,
        "details": dict(found.details),
        "rectangles": [list(each) for each in found.rectangles],
        "face_count": found.face_count,
        "copy_type": found.copy.content_type if found.copy else None,
    }
    stream.write(DONE)
    give(stream, json.dumps(told).encode("ascii"))
    give(stream, found.copy.content if found.copy else b"")
    give(stream, found.preview)


def _findings(stream: BinaryIO) -> Findings:
    """What the child says, taken only as far as it has the expected shape: the file may have taken it over."""
    try:
        told = json.loads(_framed(stream, LARGEST_ANSWER_BYTES))
        content, preview = _framed(stream, LARGEST_COPY_BYTES), _framed(stream, LARGEST_PREVIEW_BYTES)
        return Findings(
            content_type=_type(told["content_type"]),
            caution=Caution(told["caution"]),
            copy=_copy(told["copy_type"], content),
            preview=preview,
            details=bounded(dict(told["details"]).items()),
            rectangles=rectangles(told["rectangles"]),
            face_count=_count(told["face_count"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BrokenPipe from error


def _type(told: object) -> str:
    is_type = isinstance(told, str) and told.isascii() and told.isprintable() and len(told) <= LONGEST_TYPE
    if not is_type:
        raise BrokenPipe
    return str(told)


def _copy(told: object, content: bytes) -> Copy | None:
    if told is None or not content:
        return None
    if told not in COPY_TYPES:
        raise BrokenPipe
    return Copy(str(told), content)


def _count(told: object) -> int | None:
    return told if isinstance(told, int) and 0 <= told <= MOST_RECTANGLES else None


def rectangles(told: object) -> list[list[float]]:
    """Rectangles on the picture: at most so many, each four fractions that lie on it. Raises ValueError."""
    if not isinstance(told, Sequence) or isinstance(told, str) or len(told) > MOST_RECTANGLES:
        raise ValueError("rectangles")
    return [_rectangle(each) for each in told]


def _rectangle(told: object) -> list[float]:
    if not isinstance(told, Sequence) or isinstance(told, str) or len(told) != 4:
        raise ValueError("rectangle")
    left, top, width, height = (float(part) for part in told)
    is_on_picture = 0 <= left < 1 and 0 <= top < 1 and 0 < width <= 1.001 - left and 0 < height <= 1.001 - top
    if not is_on_picture:
        raise ValueError("rectangle")
    return [left, top, width, height]
