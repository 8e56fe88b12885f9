"""Opening with the member's own key, in the web process, for as long as one request lasts. Nothing opened is stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import close_session, db
from app.models import Opening, OpeningSubject, Upload, UploadPiece
from app.openings.answers import Answer
from app.openings.reading import answer_from
from app.openings.sealed import Sealed, own_ring, sealed_of
from app.openings.subjects import Wanted, wanted_of
from app.safe.opening import CannotOpen, Ring, open_bytes, open_mapping


class NothingThere(LookupError):
    """What was to be opened is gone, or damaged."""


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file as it came: its type by content, its bytes one part after the other, and how many they are."""

    content_type: str
    size: int
    parts: Iterator[bytes]


def answer_here(session: Session, opening: Opening) -> Answer:
    """What an opening is about, in memory. Raises NothingThere, and SafeError as `own_ring`."""
    wanted = wanted_of(opening)
    found = _found(session, wanted)
    keys = own_ring(session, found)
    try:
        opened = open_mapping(keys, found.value)
        return answer_from(wanted.subject, opened, content_type=found.content_type, part=wanted.part)
    except (CannotOpen, KeyError, ValueError) as error:
        raise NothingThere from error


def original_here(session: Session, opening: Opening) -> OpenedFile:
    """The original of a file, opened piece by piece as it is read. Raises NothingThere, and SafeError as `own_ring`."""
    found = _found(session, wanted_of(opening))
    if found.upload_id is None:
        answer = answer_here(session, opening)
        return OpenedFile(found.content_type, len(answer.body), iter([answer.body]))
    keys, upload = own_ring(session, found), session.get_one(Upload, found.upload_id)
    return OpenedFile(found.content_type, upload.size, _pieces(keys, upload))


def original_type(session: Session, opening: Opening) -> str:
    """The type of an original by its content. Raises NothingThere, and SafeError where the person has no key to it."""
    found = _found(session, wanted_of(opening))
    own_ring(session, found)
    return found.content_type


def _found(session: Session, wanted: Wanted) -> Sealed:
    found = sealed_of(session, wanted)
    if found is None:
        raise NothingThere
    return found


def _pieces(keys: Ring, upload: Upload) -> Iterator[bytes]:
    """One after the other, each in a short read. One that can't be opened ends it: the browser sees it cut."""
    identifier, count = upload.id, upload.pieces
    for sequence in range(count):
        sealed = db.session.scalar(
            select(UploadPiece.sealed).where(
                UploadPiece.upload_id == identifier, UploadPiece.sequence == sequence
            )
        )
        close_session()
        yield open_bytes(keys, sealed or b"")


def is_original(opening: Opening) -> bool:
    """Whether it is a file as it came, which is only ever saved."""
    return opening.subject == OpeningSubject.ORIGINAL
