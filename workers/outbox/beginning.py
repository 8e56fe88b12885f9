"""Writing down that a gateway is about to be called for a message: durable before the call, so that a crash shows."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from app.intake.gateways.protocol import Capability, Configuration, Outgoing, Provider
from app.models import DeliveryState, Message, SendAttempt
from workers.gateways import Known, full_configuration
from workers.outbox.attempts import CLAIM, Claimed
from workers.outbox.candidates import channel_of
from workers.outbox.composing import Letter
from workers.outbox.pacing import lasts, reserved

if TYPE_CHECKING:
    from workers.processing import Keys


def begin_attempt(
    session: Session,
    keys: Keys,
    message: Message,
    known: Known,
    letter: Letter,
    now: datetime,
    *,
    is_doubtful: bool,
    has_alternative: bool,
) -> Claimed:
    """Claim the message, reserve the gateway's time, and give what the call takes."""
    gateway, claimed_until = known.gateway, now + CLAIM
    taken = lasts(letter.segments, gateway.segments_per_minute)
    known.state.next_free_at = reserved(known.state.next_free_at, now, taken)
    message.state, message.claimed_until = DeliveryState.SENDING, claimed_until
    message.attempts += 1
    attempt = _add_attempt(session, message, known.slug, letter, now)
    configuration = full_configuration(keys, gateway)
    return Claimed(
        message_id=message.id,
        attempt_id=attempt.id,
        slug=known.slug,
        claimed_until=claimed_until,
        price_per_segment=gateway.price_per_segment,
        is_doubtful=is_doubtful,
        has_alternative=has_alternative,
        provider=gateway.provider,
        configuration=configuration,
        outgoing=_outgoing(keys, message, letter, gateway.provider, configuration),
    )


def status_url(public_url: str, provider: Provider, configuration: Configuration) -> str:
    """Where a provider may tell what became of a message; empty for one that never does."""
    if Capability.RECEIPTS not in provider.capabilities:
        return ""
    address = f"{public_url}/webhooks/{configuration.slug}/status"
    secret = configuration["path_secret"] if Capability.SECRET_PATH in provider.capabilities else ""
    return f"{address}/{secret}" if secret else address


def _outgoing(
    keys: Keys, message: Message, letter: Letter, provider: Provider, configuration: Configuration
) -> Outgoing:
    return Outgoing(
        message_id=message.id,
        address=letter.address,
        text=letter.text,
        channel=channel_of(message),
        status_url=status_url(keys.settings.public_url, provider, configuration),
        until=letter.until,
    )


def _add_attempt(session: Session, message: Message, slug: str, letter: Letter, now: datetime) -> SendAttempt:
    attempt = SendAttempt(
        id=uuid.uuid4(), message_id=message.id, gateway=slug, started_at=now, segments=letter.segments
    )
    session.add(attempt)
    session.flush()
    return attempt
