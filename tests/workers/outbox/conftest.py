"""An outbox with gateways of a provider that keeps what it is given and answers as it is told."""

from __future__ import annotations

import itertools
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.bare import bare
from app.clock import utcnow
from app.database import db, transaction
from app.intake.gateways import protocol
from app.intake.gateways.protocol import Capability, Configuration, Outcome, Outgoing, Result
from app.messaging.outbox import queue_text
from app.models import (
    AuditEntry,
    Channel,
    Contact,
    Gateway,
    GatewayState,
    Message,
    MessagePurpose,
    Report,
    SendAttempt,
)
from app.sealing import seal
from app.settings import Settings, TwilioSettings
from workers import outbox
from workers.processing import Keys

NUMBER = "+22376123456"
_digests = itertools.count(1)


@dataclass
class Provider:
    """Keeps what it is given. `answers` are taken in turn by the gateway's slug; else it accepts.

    `idempotent` is a provider that sends one message id once.
    """

    name: str = "fake"
    label: str = "Fake"
    fields: tuple[protocol.ConfigurationField, ...] = ()
    capabilities: frozenset[Capability] = frozenset({Capability.SENDS, Capability.RECEIPTS})
    given: list[tuple[str, Outgoing]] = field(default_factory=list)
    configurations: list[Configuration] = field(default_factory=list)
    answers: dict[str, list[Outcome | BaseException]] = field(default_factory=dict)
    findings: dict[str, str] = field(default_factory=dict)
    while_sending: Callable[[Outgoing], None] = lambda _outgoing: None
    lock: Any = field(default_factory=threading.Lock)

    def send(self, configuration: Configuration, outgoing: Outgoing) -> Outcome:
        with self.lock:
            self.given.append((configuration.slug, outgoing))
            self.configurations.append(configuration)
            number, answers = len(self.given), self.answers.get(configuration.slug, [])
            answer = answers.pop(0) if answers else Outcome(Result.ACCEPTED, f"{self.name}-{number}")
        self.while_sending(outgoing)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def check(self, configuration: Configuration) -> str:
        self.configurations.append(configuration)
        return self.findings.get(configuration.slug, "")

    def problems(self, configuration: Configuration) -> Mapping[str, str]:
        return {}

    def receive(self, configuration: Configuration, request: protocol.InboundRequest) -> protocol.Inbound:
        raise protocol.NotGenuine


@dataclass
class Post:
    """The outbox of a test: gateways, contacts, texts, and what became of them."""

    keys: Keys
    plain: Provider
    idempotent: Provider

    def add_gateway(self, slug: str, provider: str = "fake", **columns: Any) -> None:
        """Configure a gateway; the first one added is preferred unless a `preference` says otherwise."""
        with transaction() as session:
            count = len(session.scalars(select(Gateway.id)).all())
            values = {"label": slug, "preference": count, "segments_per_minute": 6000, **columns}
            session.add(Gateway(slug=slug, provider=provider, **values))

    def add_contact(self, number: str = NUMBER, **columns: Any) -> uuid.UUID:
        """Somebody who wrote to us."""
        with transaction() as session:
            sealed = seal({"address": number}, self.keys.settings.intake_public_key)
            digest = next(_digests).to_bytes(32, "big")
            contact = Contact(id=uuid.uuid4(), digest=digest, sealed_address=sealed, **columns)
            session.add(contact)
            return contact.id

    def add_report(self, contact_id: uuid.UUID, **columns: Any) -> uuid.UUID:
        """What they wrote."""
        with transaction() as session:
            number = next(_digests).to_bytes(32, "big")
            values = {"channel": Channel.SMS, "received_at": utcnow(), "receipt_hash": number, **columns}
            report = Report(id=uuid.uuid4(), channel_reference=number, contact_id=contact_id, **values)
            session.add(report)
            return report.id

    def queue(
        self,
        contact_id: uuid.UUID | None,
        purpose: MessagePurpose = MessagePurpose.QUESTION,
        **arguments: Any,
    ) -> uuid.UUID:
        """Queue a text to them."""
        values = {"channel": Channel.SMS, **arguments}
        if "template" not in values:
            values.setdefault("text", "A quelle heure ?")
        with transaction() as session:
            return queue_text(session, purpose, contact_id=contact_id, **values).id

    def send(self) -> int:
        """Send what is due."""
        return outbox.send_due_messages(self.keys)

    def make_due(self) -> None:
        """Let the time pass that messages and gateways wait for."""
        past = utcnow() - timedelta(seconds=1)
        with transaction() as session:
            session.execute(update(Message).values(available_at=past))
            session.execute(
                update(Message).where(Message.claimed_until.is_not(None)).values(claimed_until=past)
            )
            session.execute(update(GatewayState).values(resting_until=None, next_free_at=None))

    def message(self, identifier: uuid.UUID) -> Message:
        """A message as it stands."""
        with transaction() as session:
            return session.get_one(Message, identifier)

    def contact(self, identifier: uuid.UUID) -> Contact:
        """A contact as it stands."""
        with transaction() as session:
            return session.get_one(Contact, identifier)

    def state(self, identifier: uuid.UUID) -> tuple[str, str | None]:
        """A message's state and failure."""
        message = self.message(identifier)
        return message.state, message.failure

    def attempts(self) -> list[SendAttempt]:
        """Every attempt, the oldest first."""
        with transaction() as session:
            return list(session.scalars(select(SendAttempt).order_by(SendAttempt.started_at)))

    def gateway_state(self, slug: str) -> GatewayState:
        """How a gateway is doing."""
        with transaction() as session:
            return session.get_one(GatewayState, slug)

    def record(self) -> list[tuple[str, str, dict[str, Any]]]:
        """The audit chain: actions, actors, details."""
        with transaction() as session:
            entries = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence)).all()
            return [(entry.action, entry.actor, entry.detail) for entry in entries]

    def reference_of(self, report_id: uuid.UUID) -> bytes:
        """What a report's code is worked out from."""
        with transaction() as session:
            return session.get_one(Report, report_id).channel_reference

    def change(self, model: type[Any], identifier: Any, **columns: Any) -> None:
        """Set columns of a row."""
        with transaction() as session:
            row = session.get_one(model, identifier)
            for name, value in columns.items():
                setattr(row, name, value)

    @property
    def gone(self) -> list[str]:
        """The gateways that were called, in order, by either provider."""
        return [slug for slug, _ in [*self.plain.given, *self.idempotent.given]]

    @property
    def texts(self) -> list[str]:
        """What the plain provider was given to send."""
        return [outgoing.text for _, outgoing in self.plain.given]


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """A worker's application: the database, no pages. No gateway comes from the environment."""
    application = bare(settings)
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def post(app: Flask, keys: Keys, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Post:
    """An outbox without gateways."""
    plain = Provider()
    once = Provider("once", capabilities=frozenset({Capability.SENDS, Capability.IDEMPOTENT}))
    known = {"fake": plain, "once": once}
    monkeypatch.setattr("app.intake.gateways.configured.providers", lambda: known)
    object.__setattr__(settings, "twilio", TwilioSettings())
    return Post(keys, plain, once)


@pytest.fixture
def contact(post: Post) -> uuid.UUID:
    """Somebody who wrote by the only gateway there is."""
    post.add_gateway("sim")
    return post.add_contact(last_gateway="sim")
