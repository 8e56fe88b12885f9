"""What an opening's page shows, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hmac import compare_digest

from nacl.public import PrivateKey

from app.casework.errors import CaseworkError
from app.database import db
from app.models import Opening, User
from app.openings.answers import Answer, AnswerKind, CannotRead, read_answer
from app.openings.own_keys import NothingThere, answer_here, is_original, original_type
from app.openings.subjects import case_of, wanted_of
from app.safe.errors import FACTOR_MISSING, LOCKED, SafeError

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
    LOCKED = "locked"  # only the person's own key opens it, and their safe is locked


@dataclass(frozen=True, slots=True)
class OpeningView:
    """An opening and, while it is open here, its answer; of an original, which is only ever saved, just its type."""

    opening: Opening
    state: OpeningState
    answer: Answer | None = None
    original_type: str = ""

    @property
    def shape(self) -> str:
        """`number`, `text`, `sound`, `picture`, `film`, `document`, `original`; empty for nothing that may be shown."""
        if self.answer is None:
            return "original" if self.original_type in ENDINGS else ""
        if self.answer.kind is not AnswerKind.FILE:
            return str(self.answer.kind)
        return next((shape for shape, types in _SHAPES.items() if self.answer.content_type in types), "")


def view(opening: Opening, key: bytes | None, now: datetime) -> OpeningView:
    """How an opening stands at a moment, for a browser that holds this key or none.

    What no worker has answered is opened here, by the person's own key.
    """
    if opening.expires_at <= now:
        return OpeningView(opening, OpeningState.OVER)
    if key is None:
        return OpeningView(opening, OpeningState.ELSEWHERE)
    if opening.answered_at is None:
        return OpeningView(opening, OpeningState.WAITING)
    if opening.failure is not None:
        return OpeningView(opening, OpeningState.FAILED)
    if opening.sealed_answer is None:
        return _opened_here(opening, key)
    try:
        return OpeningView(opening, OpeningState.OPEN, read_answer(opening.sealed_answer, key))
    except CannotRead:
        return OpeningView(opening, OpeningState.ELSEWHERE)


def _opened_here(opening: Opening, key: bytes) -> OpeningView:
    """In the browser that asked, and nowhere else, for whom nothing has changed since."""
    if not compare_digest(bytes(PrivateKey(key).public_key), bytes(opening.public_key)):
        return OpeningView(opening, OpeningState.ELSEWHERE)
    session = db.session()
    try:
        case_of(session, session.get_one(User, opening.user_id), wanted_of(opening))
        if is_original(opening):
            kind = original_type(session, opening)
            return OpeningView(opening, OpeningState.OPEN, original_type=kind)
        return OpeningView(opening, OpeningState.OPEN, answer_here(session, opening))
    except SafeError as error:
        is_locked = error.code in {LOCKED, FACTOR_MISSING}
        return OpeningView(opening, OpeningState.LOCKED if is_locked else OpeningState.FAILED)
    except (NothingThere, CaseworkError):
        return OpeningView(opening, OpeningState.FAILED)
