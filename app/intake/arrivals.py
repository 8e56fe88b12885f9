"""Taking in what a gateway hands over: sealed, once, in one insert. Everything else happens in a worker."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.database import insert_unless_there, transaction
from app.intake.gateways.protocol import IncomingText, MissedCall
from app.models import Arrival, ArrivalKind, Channel
from app.queue import SWEEP_GRACE, JobName, enqueue_after_commit
from app.sealing import keyed_digest, seal
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Recording:
    """What a caller said, still at the provider. `language` is the one they chose or the gateway's."""

    provider_id: str
    caller: str
    url: str
    language: str = "fr"


@dataclass(frozen=True, slots=True)
class UssdText:
    """What somebody typed into a USSD session, whole."""

    provider_id: str
    sender: str
    text: str
    language: str = "fr"


Arriving = IncomingText | MissedCall | Recording | UssdText


@dataclass(frozen=True, slots=True)
class SealedArrival:
    """An arrival ready to be stored: nothing in it can be read here."""

    id: uuid.UUID
    gateway: str
    kind: str
    channel: str
    reference: bytes
    received_at: datetime
    sealed_content: bytes
    is_demonstration: bool


def arrival_reference(settings: Settings, gateway: str, provider_id: str) -> bytes:
    """The keyed digest by which a message is known for ever; the provider's id itself is not stored."""
    return keyed_digest(settings.lookup_key, f"reference:{Channel.SMS}:{gateway}", provider_id)


def reference_of(settings: Settings, gateway: str, arriving: Arriving) -> bytes:
    """The digest by which this very thing is known, and from which its receipt code is derived."""
    kind, _ = _kind_of(arriving)
    return arrival_reference(settings, gateway, f"{_prefix(kind)}{arriving.provider_id}")


def prepare(settings: Settings, gateway: str, arriving: Arriving, received_at: datetime) -> SealedArrival:
    """Seal what arrived. Nothing here needs the database."""
    kind, channel = _kind_of(arriving)
    return SealedArrival(
        id=uuid.uuid4(),
        gateway=gateway,
        kind=kind,
        channel=channel,
        reference=reference_of(settings, gateway, arriving),
        received_at=received_at,
        sealed_content=seal(_content(arriving), settings.intake_public_key),
        is_demonstration=settings.demonstration,
    )


def store(arrivals: list[SealedArrival]) -> None:
    """Store arrivals in one statement; those that are there already are left alone. Opens its own transaction.

    Raises SQLAlchemyError when they could not be made durable.
    """
    if not arrivals:
        return
    with transaction() as session:
        new = session.scalars(
            insert_unless_there(
                session, Arrival, [_row(arrival) for arrival in arrivals], known_by=Arrival.reference
            ).returning(Arrival.id)
        ).all()
        for identifier in new:
            enqueue_after_commit(session, JobName.TAKE_IN_ARRIVAL, identifier)


def _row(arrival: SealedArrival) -> dict[str, Any]:
    return {
        "id": arrival.id,
        "gateway": arrival.gateway,
        "kind": arrival.kind,
        "channel": arrival.channel,
        "reference": arrival.reference,
        "received_at": arrival.received_at,
        "sealed_content": arrival.sealed_content,
        "is_demonstration": arrival.is_demonstration,
        "available_at": arrival.received_at + SWEEP_GRACE,
    }


def _kind_of(arriving: Arriving) -> tuple[ArrivalKind, Channel]:
    match arriving:
        case IncomingText():
            return ArrivalKind.TEXT, arriving.channel
        case MissedCall():
            return ArrivalKind.MISSED_CALL, Channel.VOICE
        case Recording():
            return ArrivalKind.CALL, Channel.VOICE
        case UssdText():
            return ArrivalKind.USSD, Channel.USSD


def _prefix(kind: ArrivalKind) -> str:
    """Texts keep the bare id: the same message stays the same across versions."""
    return "" if kind is ArrivalKind.TEXT else f"{kind}:"


def _content(arriving: Arriving) -> dict[str, Any]:
    """What is sealed. Keys: sender; text; raw (base64), encoding; part [reference, number, total]; media
    [[address, type]]; sent_at; consent; recipient; language. Workers read it in workers/intake/reading.py.
    """
    match arriving:
        case IncomingText():
            return _text_content(arriving)
        case MissedCall():
            return {"sender": arriving.caller}
        case Recording():
            media = [[arriving.url, "audio/wav"]]
            return {"sender": arriving.caller, "media": media, "language": arriving.language}
        case UssdText():
            return {"sender": arriving.sender, "text": arriving.text, "language": arriving.language}


def _text_content(text: IncomingText) -> dict[str, Any]:
    part = text.part
    content = {
        "sender": text.sender,
        "text": text.text,
        "recipient": text.recipient,
        "raw": base64.b64encode(text.raw).decode(),
        "encoding": text.encoding,
        "part": [part.reference, part.number, part.total] if part else None,
        "media": [[media.url, media.content_type] for media in text.media],
        "sent_at": text.sent_at.isoformat() if text.sent_at else "",
        "consent": str(text.consent or ""),
    }
    return {name: value for name, value in content.items() if value}
