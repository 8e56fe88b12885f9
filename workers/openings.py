"""Opening one sealed thing for one person: opened with the intake key, sealed anew to that person's browser.

Whatever has changed since it was asked for is looked at again: the time, the person, the report.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.casework.errors import CaseworkError
from app.clock import utcnow
from app.database import transaction
from app.models import Attachment, Contact, Message, Opening, OpeningSubject, User
from app.openings.answers import Answer, AnswerKind, seal_answer
from app.openings.subjects import Wanted, case_of
from workers.opening import CannotOpen, open_sealed
from workers.processing import Keys

logger = structlog.get_logger()

AUDIO = "audio/"


@dataclass(frozen=True, slots=True)
class Sealed:
    """The sealed value that an opening is about, and its type by content if it is a file."""

    value: bytes
    content_type: str = ""


def answer_opening(keys: Keys, opening_id: uuid.UUID) -> None:
    """Answer one opening. One that is over, answered, or no longer allowed gets nothing; a second run does nothing."""
    with transaction() as session:
        opening = session.get(Opening, opening_id)
        if opening is None or not _is_due(opening, utcnow()):
            return
        sealed = _sealed(session, opening)
        subject, public_key = OpeningSubject(opening.subject), opening.public_key
    if sealed is None:
        _keep(opening_id, None, "gone")
        return
    try:
        answer = seal_answer(_READERS[subject](open_sealed(keys.workers, sealed.value), sealed), public_key)
    except (CannotOpen, KeyError, ValueError):
        _keep(opening_id, None, "unreadable")
        return
    _keep(opening_id, answer)


def _is_due(opening: Opening, now: datetime) -> bool:
    return opening.answered_at is None and opening.expires_at > now


def _sealed(session: Session, opening: Opening) -> Sealed | None:
    """What is to be opened, if the person may still have it."""
    user = session.get(User, opening.user_id)
    if user is None or not user.is_active or not user.organisation.is_active:
        return None
    subject = OpeningSubject(opening.subject)
    try:
        case_of(session, user, Wanted(subject, opening.subject_id, opening.case_id))
    except CaseworkError:
        return None
    return _FINDERS[subject](session, opening.subject_id)


def _sealed_attachment(session: Session, attachment_id: uuid.UUID) -> Sealed | None:
    """The copy without metadata; of a recording without one the original, of anything else nothing."""
    attachment = session.get_one(Attachment, attachment_id)
    is_recording = attachment.content_type.startswith(AUDIO)
    is_older = (
        is_recording and not attachment.caution
    )  # from before every sound got a copy, or a word on why not
    value = attachment.sealed_copy or (attachment.sealed_original if is_older else None)
    return Sealed(value, attachment.content_type) if value else None


def _sealed_details(session: Session, attachment_id: uuid.UUID) -> Sealed | None:
    value = session.get_one(Attachment, attachment_id).sealed_details
    return Sealed(value) if value else None


def _sealed_number(session: Session, contact_id: uuid.UUID) -> Sealed | None:
    return Sealed(session.get_one(Contact, contact_id).sealed_address)


def _sealed_message(session: Session, message_id: uuid.UUID) -> Sealed | None:
    value = session.get_one(Message, message_id).sealed_content
    return Sealed(value) if value else None


def _file(opened: Mapping[str, Any], sealed: Sealed) -> Answer:
    content_type = str(opened.get("content_type", sealed.content_type))
    return Answer(AnswerKind.FILE, base64.b64decode(opened["bytes"], validate=True), content_type)


def _details(opened: Mapping[str, Any], _sealed: Sealed) -> Answer:
    """One line for each thing that the metadata said."""
    lines = (f"{name}: {value}" for name, value in opened.items())
    return Answer(AnswerKind.TEXT, "\n".join(lines).encode("utf-8", "replace"))


def _number(opened: Mapping[str, Any], _sealed: Sealed) -> Answer:
    return Answer(AnswerKind.NUMBER, str(opened["address"]).encode("utf-8", "replace"))


def _text(opened: Mapping[str, Any], _sealed: Sealed) -> Answer:
    """What was written; where nobody could decode it, its bytes as numbers and in the alphabets of old phones."""
    if text := str(opened.get("text", "")):
        return Answer(AnswerKind.TEXT, text.encode("utf-8", "replace"))
    raw = base64.b64decode(opened["raw"], validate=True)
    tried = [f"{name}: {raw.decode(encoding, 'replace')}" for name, encoding in _ALPHABETS]
    return Answer(AnswerKind.TEXT, "\n\n".join([raw.hex(" "), *tried]).encode("utf-8", "replace"))


_ALPHABETS = (("UTF-8", "utf-8"), ("UCS-2", "utf-16-be"), ("Windows-1252", "cp1252"))
_FINDERS: Mapping[OpeningSubject, Callable[[Session, uuid.UUID], Sealed | None]] = {
    OpeningSubject.ATTACHMENT: _sealed_attachment,
    OpeningSubject.ATTACHMENT_DETAILS: _sealed_details,
    OpeningSubject.CONTACT: _sealed_number,
    OpeningSubject.MESSAGE: _sealed_message,
}
_READERS: Mapping[OpeningSubject, Callable[[Mapping[str, Any], Sealed], Answer]] = {
    OpeningSubject.ATTACHMENT: _file,
    OpeningSubject.ATTACHMENT_DETAILS: _details,
    OpeningSubject.CONTACT: _number,
    OpeningSubject.MESSAGE: _text,
}


def _keep(opening_id: uuid.UUID, answer: bytes | None, failure: str = "") -> None:
    with transaction() as session:
        opening = session.get_one(Opening, opening_id)
        if not _is_due(opening, utcnow()):
            return
        opening.answered_at, opening.sealed_answer, opening.failure = utcnow(), answer, failure or None
        detail = {"subject": str(opening.subject), "failure": failure}
        audit.record(session, Action.OPENING_ANSWERED, f"opening:{opening.id}", actor="worker", detail=detail)
    if failure:
        logger.warning("opening_failed", error=failure)
