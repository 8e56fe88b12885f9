"""What the part of a form that takes files needs to know (templates/public/files.html)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from app.current import current_settings
from app.database import db
from app.intake import uploads
from app.intake.uploads import LARGEST_FILE_BYTES, MOST_FILES
from app.security import allow_device

LONGEST_RECORDING_SECONDS = 300
_MEGABYTE = 1024**2


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What people are told before they choose."""

    count: int = MOST_FILES
    megabytes: int = LARGEST_FILE_BYTES // _MEGABYTE
    bytes: int = LARGEST_FILE_BYTES
    recording_seconds: int = LONGEST_RECORDING_SECONDS


@dataclass(frozen=True, slots=True)
class FileHere:
    """A file that came with an earlier try of the same form. `percent` is how much of it did."""

    token: str
    percent: int


def allow_recording() -> str:
    """Let this page ask for the microphone; nothing to show.

    With script the pages of a form follow each other within one document, so the first of them has to call this.
    """
    allow_device("microphone")
    return ""


def files_here(tokens: Sequence[str]) -> list[FileHere]:
    """The files of these tokens that are still there. A database that doesn't answer loses none."""
    try:
        return [FileHere(token, percent) for token in tokens if (percent := _percent(token)) is not None]
    except SQLAlchemyError:
        return [FileHere(token, 100) for token in tokens]


def _percent(token: str) -> int | None:
    state = uploads.progress(current_settings(), db.session(), token)
    if state is None:
        return None
    return 100 if state.is_complete else 100 * state.received // state.size
