"""What a worker holds of an attempt between claiming a message and telling what became of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.intake.gateways.protocol import Capability, Configuration, Outgoing, Provider, Result
from app.models import Message, MessagePurpose, SendAttempt

CLAIM = timedelta(minutes=2)  # longer than any provider is waited for
MOST_DOUBTFUL = 3  # calls for one message that nobody could tell of
DOUBTFUL = ("", Result.UNKNOWN)  # results: an attempt that nobody ended, or that nobody could tell of


@dataclass(frozen=True, slots=True)
class Claimed:
    """An attempt that is this worker's alone. `is_doubtful`: an earlier one may have been sent already;
    `has_alternative`: another gateway could take the message. Never shown: it holds the number.
    """

    message_id: uuid.UUID
    attempt_id: uuid.UUID
    slug: str
    claimed_until: datetime
    price_per_segment: float
    is_doubtful: bool
    has_alternative: bool
    provider: Provider = field(repr=False)
    configuration: Configuration = field(repr=False)
    outgoing: Outgoing = field(repr=False)

    @property
    def is_repeatable(self) -> bool:
        """Whether the provider sends one message id once, however often it is asked."""
        return Capability.IDEMPOTENT in self.provider.capabilities


@dataclass(frozen=True, slots=True)
class Settled:
    """A message that was put off or given up without calling anybody."""


def attempts_for(session: Session, message: Message) -> list[SendAttempt]:
    """Every attempt to send a message, the oldest first."""
    statement = (
        select(SendAttempt).where(SendAttempt.message_id == message.id).order_by(SendAttempt.started_at)
    )
    return list(session.scalars(statement))


def doubtful(attempts: list[SendAttempt]) -> list[SendAttempt]:
    """Those that may have been sent without our knowing."""
    return [attempt for attempt in attempts if attempt.result in DOUBTFUL]


def contact_id_of(message: Message) -> uuid.UUID | None:
    """Whom a message goes to: its own contact, else that of its report."""
    return message.contact_id or (message.report.contact_id if message.report else None)


def is_test(message: Message) -> bool:
    """Whether an administrator tries a gateway with it: it goes by that one or not at all."""
    return message.purpose == MessagePurpose.TEST
