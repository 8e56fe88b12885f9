"""One arrival being taken in: everything the steps need, within the one transaction that takes it in."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.folding import fold
from app.messaging import dialogue
from app.messaging.dialogue import Request
from app.messaging.outbox import queue_text
from app.models import (
    Arrival,
    ArrivalOutcome,
    Channel,
    Contact,
    Conversation,
    Direction,
    Message,
    MessagePurpose,
)
from app.sealing import keyed_digest
from workers.intake.reading import Arrived

if TYPE_CHECKING:
    from workers.processing import Keys


@dataclass(slots=True)
class Prepared:
    """What is worked out before the transaction, because it is slow: the hash of a new report's code, and of a code
    that was sent.
    """

    receipt_hash: bytes
    request: Request | None = None
    code_hash: bytes = b""


@dataclass(slots=True)
class Turn:
    """An arrival, its contact (held), and what it says. `text` is the whole message where it came in parts."""

    session: Session
    keys: Keys
    arrival: Arrival
    contact: Contact
    arrived: Arrived
    prepared: Prepared
    now: datetime
    text: str = ""
    is_loop: bool = False
    is_fragment: bool = False  # parts are missing: what is here may be alike in many messages
    conversation: Conversation | None = None

    @property
    def language(self) -> str:
        """The language to speak: asked for, else the one written in, else that of before, else the default."""
        likely = dialogue.likely_language(self.text)
        before = self.conversation.language if self.conversation else ""
        default = self.keys.settings.default_language
        return self.contact.language or likely or before or self.arrived.language or default

    @property
    def is_answered(self) -> bool:
        """Whether the machine may answer: not to machines, loops, or who asked for silence."""
        return not (self.contact.is_machine or self.is_loop or self.contact.stopped_at)

    @property
    def text_digest(self) -> bytes:
        """By which the same words of the same contact are known again."""
        words = " ".join(fold(self.text).split())
        return keyed_digest(self.keys.workers.pseudonym_key, f"text:{self.contact.id}", words)

    def settle(self, outcome: ArrivalOutcome, message_id: uuid.UUID | None = None) -> None:
        """Write down what became of the arrival."""
        self.arrival.outcome = outcome
        if message_id is not None:
            self.arrival.message_id = message_id

    def answer(self, template: str, report_id: uuid.UUID | None = None, language: str = "") -> None:
        """Queue one text of the machine's, by the gateway that the message came in by."""
        if not self.is_answered:
            return
        queue_text(
            self.session,
            MessagePurpose.ANSWER,
            channel=Channel(self.arrival.channel),
            contact_id=self.contact.id,
            report_id=report_id,
            template=template,
            language=language or self.language,
            gateway=self.arrival.gateway,
        )

    def has_said(self, templates: frozenset[str], within: timedelta) -> bool:
        """Whether one of these texts was queued for this contact a short while ago."""
        return has_said(self.session, self.contact.id, templates, self.now - within)


def has_said(session: Session, contact_id: uuid.UUID, templates: frozenset[str], since: datetime) -> bool:
    """Whether one of these texts of the machine's was queued for a contact since a moment."""
    found = session.scalar(
        select(Message.id)
        .where(
            Message.contact_id == contact_id,
            Message.created_at > since,
            Message.direction == Direction.OUTBOUND,
            Message.template.in_(templates),
        )
        .limit(1)
    )
    return found is not None
