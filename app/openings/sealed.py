"""The sealed value that an opening is about, and whether workers or only the person's own organisation can open it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    Attachment,
    Contact,
    CorrectionState,
    MaskChange,
    MaskCorrection,
    Message,
    OpeningSubject,
    UploadPiece,
)
from app.openings.subjects import Wanted
from app.safe.opening import Ring, ring
from app.safe.returning import keys_over
from app.safe.unlocking import must_be_unlocked

AUDIO = "audio/"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed value, its type by content if it is a file, and the report it is of (a phone number is of none).

    `upload_id` says that the value is only the first of a file's pieces.
    """

    value: bytes
    content_type: str = ""
    report_id: uuid.UUID | None = None
    upload_id: uuid.UUID | None = None


def sealed_of(session: Session, wanted: Wanted) -> Sealed | None:
    """What is to be opened; None where there is nothing that may be handed out."""
    return _FINDERS[wanted.subject](session, wanted)


def is_given_away(session: Session, found: Sealed) -> bool:
    """Whether it is under a report's own key, which only members of an organisation can open."""
    return found.report_id is not None and bool(keys_over(session, found.report_id, [found.value]))


def own_ring(session: Session, found: Sealed) -> Ring:
    """The key over it, opened with what the person of this request holds.

    Raises SafeError: `safe_locked`, `factor_missing`, `not_shared`, `not_granted`, `unreadable`.
    """
    opened = must_be_unlocked()
    keys = keys_over(session, found.report_id, [found.value]) if found.report_id else []
    return ring(*(opened.report_key(session, key.report_id) for key in keys))


def _copy(session: Session, wanted: Wanted) -> Sealed | None:
    """The copy without metadata; of a recording without one the original, of anything else nothing."""
    attachment = session.get_one(Attachment, wanted.subject_id)
    is_recording = attachment.content_type.startswith(AUDIO)
    is_older = (
        is_recording and not attachment.caution
    )  # from before every sound got a copy, or a word on why not
    value = attachment.sealed_copy or (attachment.sealed_original if is_older else None)
    return _of_file(attachment, value)


def _details(session: Session, wanted: Wanted) -> Sealed | None:
    attachment = session.get_one(Attachment, wanted.subject_id)
    return _of_file(attachment, attachment.sealed_details)


def _original(session: Session, wanted: Wanted) -> Sealed | None:
    """The file as it came. Workers never hand one out: it is opened only by who holds its report's key."""
    attachment = session.get_one(Attachment, wanted.subject_id)
    if attachment.upload_id is None:
        found = _of_file(attachment, attachment.sealed_original)
    else:
        first = select(UploadPiece.sealed).where(
            UploadPiece.upload_id == attachment.upload_id, UploadPiece.sequence == 0
        )
        found = _of_file(attachment, session.scalar(first), attachment.upload_id)
    return found if found is not None and is_given_away(session, found) else None


def _of_file(
    attachment: Attachment, value: bytes | None, upload_id: uuid.UUID | None = None
) -> Sealed | None:
    return Sealed(value, attachment.content_type, attachment.report_id, upload_id) if value else None


def _number(session: Session, wanted: Wanted) -> Sealed | None:
    return Sealed(session.get_one(Contact, wanted.subject_id).sealed_address)


def _message(session: Session, wanted: Wanted) -> Sealed | None:
    message = session.get_one(Message, wanted.subject_id)
    return Sealed(message.sealed_content, report_id=message.report_id) if message.sealed_content else None


def _token(session: Session, wanted: Wanted) -> Sealed | None:
    """The table of a message's tokens, or of a mask that a person had put the words behind it."""
    message = session.get_one(Message, wanted.subject_id)
    by_person = session.scalar(
        select(MaskCorrection.sealed_words).where(
            MaskCorrection.message_id == message.id,
            MaskCorrection.token == wanted.part,
            MaskCorrection.change == MaskChange.ADDED,
            MaskCorrection.state == CorrectionState.DONE,
        )
    )
    value = by_person or message.sealed_tokens
    return Sealed(value, report_id=message.report_id) if value else None


_FINDERS: Mapping[OpeningSubject, Callable[[Session, Wanted], Sealed | None]] = {
    OpeningSubject.ATTACHMENT: _copy,
    OpeningSubject.ATTACHMENT_DETAILS: _details,
    OpeningSubject.ORIGINAL: _original,
    OpeningSubject.CONTACT: _number,
    OpeningSubject.MESSAGE: _message,
    OpeningSubject.TOKEN: _token,
}
