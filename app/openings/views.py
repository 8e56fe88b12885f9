"""What an opening's page shows, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.models import Opening
from app.openings.answers import Answer, AnswerKind, CannotRead, read_answer

# What a browser may be given as a file: nothing in these types runs. A type is found by content, never as told.
SOUNDS = {
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/webm": "webm",
    "audio/amr": "amr",
    "audio/amr-wb": "amr",
    "audio/3gpp": "3gp",
    "audio/flac": "flac",
}
PICTURES = {"image/jpeg": "jpg", "image/png": "png"}
FILMS = {"video/mp4": "mp4"}
DOCUMENTS = {"application/pdf": "pdf"}  # only ever to be saved: a browser doesn't show it here
ENDINGS = SOUNDS | PICTURES | FILMS | DOCUMENTS


_SHAPES = {"sound": SOUNDS, "picture": PICTURES, "film": FILMS, "document": DOCUMENTS}


class OpeningState(StrEnum):
    """How far an opening is for the browser that asks."""

    WAITING = "waiting"
    OPEN = "open"
    FAILED = "failed"
    OVER = "over"
    ELSEWHERE = "elsewhere"  # this browser doesn't hold the key


@dataclass(frozen=True, slots=True)
class OpeningView:
    """An opening and, while it is open here, its answer."""

    opening: Opening
    state: OpeningState
    answer: Answer | None = None

    @property
    def shape(self) -> str:
        """`number`, `text`, `sound`, `picture`, `film`, `document`, or empty for nothing that may be shown."""
        if self.answer is None:
            return ""
        if self.answer.kind is not AnswerKind.FILE:
            return str(self.answer.kind)
        return next((shape for shape, types in _SHAPES.items() if self.answer.content_type in types), "")


def view(opening: Opening, key: bytes | None, now: datetime) -> OpeningView:
    """How an opening stands at a moment, for a browser that holds this key or none."""
    if opening.expires_at <= now:
        return OpeningView(opening, OpeningState.OVER)
    if key is None:
        return OpeningView(opening, OpeningState.ELSEWHERE)
    if opening.answered_at is None:
        return OpeningView(opening, OpeningState.WAITING)
    if opening.sealed_answer is None:
        return OpeningView(opening, OpeningState.FAILED)
    try:
        return OpeningView(opening, OpeningState.OPEN, read_answer(opening.sealed_answer, key))
    except CannotRead:
        return OpeningView(opening, OpeningState.ELSEWHERE)
