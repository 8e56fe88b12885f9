"""Which gateways could take a message, and what speaks for each of them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from app.intake.gateways.protocol import Capability, Result
from app.models import Channel, Contact, Message, SendAttempt
from workers.gateways import Known, carries, known_gateways
from workers.outbox.attempts import MOST_DOUBTFUL, doubtful, is_test
from workers.outbox.choosing import Candidate, Wanted

if TYPE_CHECKING:
    from workers.processing import Keys


def channel_of(message: Message) -> Channel:
    """How a message goes out: what didn't come by WhatsApp is answered by SMS."""
    return Channel.WHATSAPP if message.channel == Channel.WHATSAPP else Channel.SMS


def usable_gateways(
    session: Session, keys: Keys, message: Message, attempts: list[SendAttempt], *, is_doubtful: bool
) -> list[Known]:
    """Those that could take a message: a test only its own, a doubtful one only where it can't be sent twice."""
    known_ones = known_gateways(session, keys)
    if is_test(message):
        return [known for known in known_ones if known.slug == message.gateway]
    found = [known for known in known_ones if carries(known.gateway, channel_of(message))]
    if is_doubtful:
        return [known for known in found if _may_repeat(known, attempts)]
    refused = {attempt.gateway for attempt in attempts if attempt.result == Result.REFUSED}
    return [known for known in found if known.gateway.is_sending and known.slug not in refused]


def candidate(known: Known) -> Candidate:
    """A gateway as `choose` compares it."""
    state = known.state
    return Candidate(known.slug, known.gateway.preference, state.next_free_at, state.resting_until)


def wanted(message: Message, contact: Contact | None, attempts: list[SendAttempt]) -> Wanted:
    """What `choose` needs of a message: it is answered by the gateway that it came in by."""
    favourite = message.gateway or (contact.last_gateway if contact else "")
    failures = Counter(attempt.gateway for attempt in attempts if attempt.result == Result.LATER)
    return Wanted(message.created_at, favourite, failures)


def _may_repeat(known: Known, attempts: list[SendAttempt]) -> bool:
    open_or_unknown = doubtful(attempts)
    is_last = bool(open_or_unknown) and open_or_unknown[-1].gateway == known.slug
    is_repeatable = Capability.IDEMPOTENT in known.gateway.provider.capabilities
    return is_last and is_repeatable and len(open_or_unknown) < MOST_DOUBTFUL
