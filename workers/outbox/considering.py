"""What happens to one message that is due, in the transaction that claims it: given up, put off, or handed over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from app.models import Contact, DeliveryState, Message
from workers.gateways import Known
from workers.outbox.attempts import Claimed, Settled, attempts_for, contact_id_of, is_test
from workers.outbox.beginning import begin_attempt
from workers.outbox.candidates import candidate, usable_gateways, wanted
from workers.outbox.choosing import Use, Wait, choose
from workers.outbox.composing import Letter, Unsendable, write_letter
from workers.outbox.finishing import finish
from workers.outbox.pacing import lasts
from workers.outbox.rules import Cancel, PutOff, objection
from workers.outbox.waiting import Places

if TYPE_CHECKING:
    from workers.processing import Keys

NO_GATEWAY_PAUSE = timedelta(minutes=1)  # until somebody may have set one up


class Consideration:
    """One message that is due, with what there is to know about it."""

    def __init__(self, session: Session, keys: Keys, places: Places, message: Message, now: datetime) -> None:
        self.session, self.keys, self.places, self.message, self.now = session, keys, places, message, now
        identifier = contact_id_of(message)
        self.contact = session.get(Contact, identifier) if identifier else None
        self.is_doubtful = message.state == DeliveryState.SENDING  # its worker was lost, or nobody could tell
        self.attempts = attempts_for(session, message)

    def decide(self) -> Claimed | Settled:
        """Give the message up, put it off, or make an attempt of it."""
        match objection(self.session, self.message, self.contact, self.message.report, self.now):
            case Cancel(reason):
                return self._finish(DeliveryState.CANCELLED, reason)
            case PutOff(until):
                return self.put_off(until)
        try:
            letter = write_letter(self.session, self.keys, self.message, self.contact, self.message.report)
        except Unsendable as problem:
            return self._finish(DeliveryState.FAILED, str(problem))
        usable = {known.slug: known for known in self._usable()}
        return self._choose(usable, letter) if usable else self._without_gateway()

    def put_off(self, until: datetime) -> Settled:
        """Not before this moment. A doubtful message stays claimed until then: it can't simply be queued again."""
        if self.is_doubtful:
            self.message.claimed_until = until
        else:
            self.message.available_at, self.message.claimed_until = until, None
        return Settled()

    def _usable(self) -> list[Known]:
        is_doubtful = self.is_doubtful
        return usable_gateways(self.session, self.keys, self.message, self.attempts, is_doubtful=is_doubtful)

    def _choose(self, usable: Mapping[str, Known], letter: Letter) -> Claimed | Settled:
        chosen = self._chosen(usable)
        if isinstance(chosen, Wait):
            pace = usable[chosen.slug].gateway.segments_per_minute if chosen.slug else 1
            return self.put_off(self.places.place(chosen, lasts(letter.segments, pace)))
        return begin_attempt(
            self.session,
            self.keys,
            self.message,
            usable[chosen.slug],
            letter,
            self.now,
            is_doubtful=self.is_doubtful,
            has_alternative=len(usable) > 1,
        )

    def _chosen(self, usable: Mapping[str, Known]) -> Use | Wait:
        """How busy or tired a gateway is, doesn't keep an administrator from testing it."""
        if is_test(self.message):
            return Use(self.message.gateway)
        about = wanted(self.message, self.contact, self.attempts)
        return choose([candidate(known) for known in usable.values()], about, self.now)

    def _without_gateway(self) -> Settled:
        if self.is_doubtful:
            failures = [attempt.failure for attempt in self.attempts if attempt.failure]
            return self._finish(DeliveryState.UNKNOWN, failures[-1] if failures else "interrupted")
        if is_test(self.message):
            return self._finish(DeliveryState.FAILED, "no-gateway")
        return self.put_off(self.now + NO_GATEWAY_PAUSE)

    def _finish(self, state: DeliveryState, failure: str) -> Settled:
        gateway = self.attempts[-1].gateway if self.attempts else ""
        finish(self.session, self.message, state, failure, gateway=gateway, is_doubtful=self.is_doubtful)
        return Settled()
