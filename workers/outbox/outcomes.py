"""What becomes of a message once a gateway was called: sent, tried again, given up, or unknown."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.clock import utcnow
from app.database import transaction
from app.intake.gateways.protocol import Outcome, Result
from app.messaging.contacts import stop_contact
from app.messaging.receipts import lock_reference, take_early_receipts
from app.models import Contact, DeliveryState, Message, SendAttempt
from workers.gateways import locked_state, note_outcome
from workers.outbox.attempts import MOST_DOUBTFUL, Claimed, attempts_for, contact_id_of, doubtful, is_test
from workers.outbox.finishing import finish, finish_sent
from workers.outbox.pacing import pause

MOST_ATTEMPTS = 8
_chance = random.SystemRandom()


def record_outcome(claimed: Claimed, outcome: Outcome) -> None:
    """Close an attempt and move its message on. Opens its own transaction; doing it twice changes nothing more.

    Locks are taken in the order in which STOP and receipts take them: reference, contact, message, gateway.
    """
    now = utcnow()
    with transaction() as session:
        if outcome.provider_id:
            lock_reference(session, claimed.slug, outcome.provider_id)
        contact = _locked_contact(session, claimed) if outcome.result is Result.OPTED_OUT else None
        message = session.get_one(Message, claimed.message_id, with_for_update=True, populate_existing=True)
        attempt = session.get_one(SendAttempt, claimed.attempt_id)
        if attempt.ended_at is not None:
            return
        _close(attempt, claimed, outcome, now)
        note_outcome(locked_state(session, claimed.slug), outcome, now)
        if outcome.result is Result.ACCEPTED:
            message.provider_reference, message.sent_at = attempt.provider_reference, now
            finish_sent(session, message, attempt.gateway)  # even if the claim had run out meanwhile
        if attempt.provider_reference:
            take_early_receipts(session, attempt)
        if _is_ours(message, claimed):
            _Continuation(session, claimed, outcome, message, contact, now).go_on()


def _locked_contact(session: Session, claimed: Claimed) -> Contact | None:
    identifier = contact_id_of(session.get_one(Message, claimed.message_id))
    return session.get(Contact, identifier, with_for_update=True) if identifier else None


def _close(attempt: SendAttempt, claimed: Claimed, outcome: Outcome, now: datetime) -> None:
    attempt.ended_at, attempt.result, attempt.failure = now, outcome.result, outcome.failure[:60]
    attempt.provider_reference = outcome.provider_id or None  # some name it even when nobody can tell
    if outcome.result is Result.ACCEPTED:
        attempt.cost = claimed.price_per_segment * attempt.segments


def _is_ours(message: Message, claimed: Claimed) -> bool:
    """Whether the message still waits for what we do: no acceptance, no receipt, no other worker moved it on."""
    return message.state == DeliveryState.SENDING and message.claimed_until == claimed.claimed_until


class _Continuation:
    """How it goes on with a message that wasn't taken."""

    def __init__(
        self,
        session: Session,
        claimed: Claimed,
        outcome: Outcome,
        message: Message,
        contact: Contact | None,
        now: datetime,
    ) -> None:
        self.session, self.claimed, self.outcome = session, claimed, outcome
        self.message, self.contact, self.now = message, contact, now

    def go_on(self) -> None:
        """By what the provider answered. A test is tried once, so that its administrator sees what happened."""
        match self.outcome.result:
            case Result.OPTED_OUT:
                self._opted_out()
            case Result.UNKNOWN:
                self._unknown()
            case _ if is_test(self.message):
                self._give_up(DeliveryState.FAILED)
            case Result.REFUSED:
                self._refused()
            case _:
                self._later()

    def _opted_out(self) -> None:
        self._give_up(DeliveryState.CANCELLED, "opted-out")
        if self.contact is not None:
            stop_contact(self.session, self.contact, "worker")

    def _unknown(self) -> None:
        self.session.flush()
        times = len(doubtful(attempts_for(self.session, self.message)))
        if self.claimed.is_repeatable and times < MOST_DOUBTFUL and not is_test(self.message):
            self.message.claimed_until = self.now + self._pause()
        else:
            self._give_up(DeliveryState.UNKNOWN)

    def _refused(self) -> None:
        """Another gateway may do what this one never will: once."""
        self.session.flush()
        attempts = attempts_for(self.session, self.message)
        is_first = sum(attempt.result == Result.REFUSED for attempt in attempts) == 1
        if is_first and self.claimed.has_alternative and not self.claimed.is_doubtful:
            self._again_at(self.now)
        else:
            self._give_up(DeliveryState.FAILED)

    def _later(self) -> None:
        """Elsewhere at once after the first failure, then after growing pauses, until nobody would want it."""
        if self.message.attempts == 1 and self.claimed.has_alternative and not self.claimed.is_doubtful:
            return self._again_at(self.now)
        at = self.now + self._pause()
        is_too_late = self.message.expires_at is not None and at >= self.message.expires_at
        if is_too_late or self.message.attempts >= MOST_ATTEMPTS:
            return self._give_up(DeliveryState.FAILED)
        return self._again_at(at)

    def _again_at(self, at: datetime) -> None:
        """Queued again; a message that may have been sent already only stays claimed until then."""
        if self.claimed.is_doubtful:
            self.message.claimed_until = at
        else:
            self.message.state, self.message.available_at = DeliveryState.QUEUED, at
            self.message.claimed_until = None

    def _give_up(self, state: DeliveryState, failure: str = "") -> None:
        finish(
            self.session,
            self.message,
            state,
            failure or self.outcome.failure,
            gateway=self.claimed.slug,
            is_doubtful=self.claimed.is_doubtful,
        )

    def _pause(self) -> timedelta:
        return pause(self.message.attempts, self.outcome.retry_after_seconds, _chance)
