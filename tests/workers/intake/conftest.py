"""A phone that writes to us: its messages stored as a webhook stores them, and taken in as a worker takes them in."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.clock import utcnow
from app.database import db, transaction
from app.intake.arrivals import Arriving, prepare, store
from app.intake.gateways.protocol import IncomingText
from app.models import Arrival, Message
from workers.intake import take_in
from workers.opening import open_sealed
from workers.processing import Keys

SENDER = "+22376123456"
KORO = "des hommes armés ont pris 20 boeufs à Koro hier"
_ids = itertools.count(1)


@dataclass
class Phone:
    """One phone, whose clock can be moved on."""

    keys: Keys
    number: str = SENDER
    gateway: str = "twilio"
    moment: datetime = field(default_factory=utcnow)

    def later(self, **span: float) -> Phone:
        """Let time pass."""
        self.moment += timedelta(**span)
        return self

    def write(self, text: str, **fields: Any) -> Arrival:
        """Send one text, and have it taken in."""
        return self.hand_over(IncomingText(f"id-{next(_ids)}", self.number, text, **fields))

    def hand_over(self, arriving: Arriving) -> Arrival:
        """Store what a gateway hands over, and take it in."""
        arrival_id = self.store(arriving)
        self.take_in(arrival_id)
        return arrival(arrival_id)

    def store(self, arriving: Arriving) -> uuid.UUID:
        """Only store it."""
        sealed = prepare(self.keys.settings, self.gateway, arriving, self.moment)
        store([sealed])
        with transaction() as session:
            return session.scalars(select(Arrival.id).where(Arrival.reference == sealed.reference)).one()

    def take_in(self, arrival_id: uuid.UUID) -> datetime | None:
        """Take it in at the phone's present moment."""
        with time_machine.travel(self.moment, tick=False):
            return take_in(self.keys, arrival_id)


def arrival(arrival_id: uuid.UUID) -> Arrival:
    """An arrival as it stands now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Arrival, arrival_id)


@pytest.fixture
def phone(app: Flask, keys: Keys) -> Phone:
    """Somebody's phone."""
    return Phone(keys)


@pytest.fixture
def other_phone(app: Flask, keys: Keys) -> Phone:
    """Somebody else's."""
    return Phone(keys, "+22366111111")


@pytest.fixture
def text_of(keys: Keys) -> Callable[[uuid.UUID | None], str]:
    """The text that is sealed in a message."""

    def read(message_id: uuid.UUID | None) -> str:
        db.session.rollback()
        message = db.session.get_one(Message, message_id)
        return str(open_sealed(keys.workers, message.sealed_content or b"")["text"])

    return read


@pytest.fixture
def answers(app: Flask) -> Callable[[], list[str]]:
    """The templates queued so far, oldest first."""

    def listed() -> list[str]:
        db.session.rollback()
        statement = select(Message.template).where(Message.template.is_not(None)).order_by(Message.created_at)
        return [template for template in db.session.scalars(statement) if template]

    return listed
