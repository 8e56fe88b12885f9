"""What is said to a phone, and to which: the only place where a number to write to is opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from app.clock import utcnow
from app.messaging.contacts import silent_from
from app.messaging.segments import count_segments
from app.messaging.wordings import UnknownWording, wording
from app.models import Contact, Message, MessagePurpose, Report
from app.notifications.codes import confirmation_code
from app.receipts import derived_code
from workers.opening import CannotOpen, open_sealed

if TYPE_CHECKING:
    from workers.processing import Keys

COVER = "cover"  # the key of the wording that says nothing at all
CODE = "{code}"


@dataclass(frozen=True, slots=True)
class Letter:
    """A text and the number or name that it goes to. Never shown."""

    text: str = field(repr=False)
    address: str = field(repr=False)
    until: datetime | None = None  # when it must no longer reach the phone

    @property
    def segments(self) -> int:
        """How many SMS it takes."""
        return count_segments(self.text).count


class Unsendable(Exception):
    """A message that can't be made into a text or has nowhere to go; the argument is a code."""


def write_letter(
    session: Session, keys: Keys, message: Message, contact: Contact | None, report: Report | None
) -> Letter:
    """What is said, and to whom. Raises Unsendable."""
    text = _text(session, keys, message, contact, report)
    return Letter(text, _open_address(keys, message, contact), _until(message, contact))


def _until(message: Message, contact: Contact | None) -> datetime | None:
    """A phone that was off must not show the text outside the person's hours, nor when it no longer helps."""
    hours_end = silent_from(contact, utcnow()) if contact is not None else None
    ends = [moment for moment in (message.expires_at, hours_end) if moment is not None]
    return min(ends, default=None)


def _text(
    session: Session, keys: Keys, message: Message, contact: Contact | None, report: Report | None
) -> str:
    """The text of a message. Under a cover it is the cover wording, whatever it was to say. Raises Unsendable.

    A receipt code is worked out anew from its report, because it is never stored.
    """
    if contact is not None and contact.has_cover and message.purpose != MessagePurpose.TEST:
        return _worded(session, COVER, message.language)
    if not message.template:
        return _not_empty(message.text)
    said = _worded(session, message.template, message.language)
    return said.replace(CODE, _code(keys, message, report)) if CODE in said else said


def _open_address(keys: Keys, message: Message, contact: Contact | None) -> str:
    """The number or name to write to: a test's own, else the contact's. Raises Unsendable."""
    sealed = message.sealed_address if message.purpose == MessagePurpose.TEST else None
    if sealed is None and contact is not None:
        sealed = contact.sealed_address
    try:
        return str(open_sealed(keys.workers, sealed or b"")["address"])
    except (CannotOpen, KeyError):
        raise Unsendable("address") from None


def _worded(session: Session, key: str, language: str) -> str:
    try:
        return _not_empty(wording(session, key, language))
    except UnknownWording:
        raise Unsendable("wording") from None


def _not_empty(text: str | None) -> str:
    if not text or not text.strip():
        raise Unsendable("empty")
    return text


def _code(keys: Keys, message: Message, report: Report | None) -> str:
    if message.purpose == MessagePurpose.COLLEAGUE:
        return confirmation_code(keys.settings.lookup_key, message.id)
    if report is None:
        raise Unsendable("no-report")
    return derived_code(keys.settings.lookup_key, report.channel_reference.hex())
