"""Contacts, texts and attempts in a real database, without pages."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from app.bare import bare
from app.database import db, transaction
from app.messaging.outbox import queue_text
from app.models import Channel, Contact, GatewayState, Message, MessagePurpose, SendAttempt
from app.settings import Settings

_digests = itertools.count(1)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The database and settings."""
    application = bare(settings)
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def make_contact(app: Flask) -> Callable[..., Contact]:
    """Add a contact with the given columns."""

    def make(**columns: Any) -> Contact:
        with transaction() as session:
            digest = next(_digests).to_bytes(32, "big")
            contact = Contact(id=uuid.uuid4(), digest=digest, sealed_address=b"sealed", **columns)
            session.add(contact)
            return contact

    return make


@pytest.fixture
def queue(app: Flask) -> Callable[..., Message]:
    """Queue a text to a contact."""

    def put(contact: Contact, purpose: MessagePurpose = MessagePurpose.ANSWER, **arguments: Any) -> Message:
        with transaction() as session:
            values = {"channel": Channel.SMS, "text": "Bonjour", **arguments}
            return queue_text(session, purpose, contact_id=contact.id, **values)

    return put


@pytest.fixture
def attempt(app: Flask) -> Callable[..., None]:
    """Add an attempt to send a message, ended as it began."""

    def add(
        message: Message, at: datetime, result: str = "accepted", slug: str = "sim", **columns: Any
    ) -> None:
        with transaction() as session:
            if session.get(GatewayState, slug) is None:
                session.add(GatewayState(slug=slug))
            ended = at if result else None
            values = {"gateway": slug, "started_at": at, "ended_at": ended, "result": result, **columns}
            session.add(SendAttempt(message_id=message.id, **values))

    return add
