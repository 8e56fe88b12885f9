"""What is asked of the process that reads files, what it answers, and how both go through a pipe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

LARGEST_COPY_BYTES = 16 * 1024 * 1024  # an opening must fit in the memory of a web process
LARGEST_PREVIEW_BYTES = 128 * 1024
MOST_DETAILS = 200
LONGEST_DETAIL_NAME, LONGEST_DETAIL = 80, 2000  # characters
MOST_RECTANGLES = 60
COPY_TYPES = frozenset(
    {
        "image/jpeg",
        "image/png",
        "application/pdf",
        "video/mp4",
        "audio/mp4",
        "audio/mpeg",
        "audio/wav",
        "audio/ogg",
        "audio/amr",
        "audio/amr-wb",
    }
)
UNKNOWN_TYPE = "application/octet-stream"
LONGEST_TYPE = 60

Rectangle = Sequence[float]  # left, top, width, height as fractions of the upright picture


class Caution(StrEnum):
    """Why there is no copy, or why to beware of the original although there is one."""

    NONE = ""
    UNKNOWN_KIND = "unknown_kind"  # nothing that a copy could be made of
    ACTIVE = "active"  # may run something where it is opened: a page, a program, an old office document
    ARCHIVE = "archive"  # holds other files: never unpacked
    DAMAGED = "damaged"
    LOCKED = "locked"  # needs a password
    TOO_LARGE = "too_large"  # more pixels, pages or bytes than are taken on
    TOO_SLOW = "too_slow"  # reading it took too long or too much memory
    CRASHED = "crashed"  # reading it brought the reader down
    SEVERAL_KINDS = "several_kinds"  # there is a copy; the original is also something else
    RUNS_PROGRAMS = "runs_programs"  # there is a copy; the original holds scripts or other files
    SHORTENED = "shortened"  # the copy holds the beginning only
    REMAKING = "remaking"  # a person changed what is to be hidden; the copy before that is gone


class CannotCopy(Exception):
    """No copy can be made; `caution` says why."""

    def __init__(self, caution: Caution) -> None:
        super().__init__(str(caution))
        self.caution = caution


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for. `rectangles` None: hide what the machine takes for faces; else hide exactly these."""

    size: int  # bytes of the file
    seconds: float  # after which a copy of a film or document ends where it is
    rectangles: Sequence[Rectangle] | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """What may be shown or played."""

    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Findings:
    """What a file is by its content, its copy if there can be one, and what its metadata said."""

    content_type: str = UNKNOWN_TYPE
    caution: Caution = Caution.NONE
    copy: Copy | None = None
    preview: bytes = b""  # a small JPEG of the copy
    details: Mapping[str, str] = field(default_factory=dict)
    rectangles: Sequence[Rectangle] = ()  # what was hidden
    face_count: int | None = None  # proposed by the machine; None where it didn't look
