"""Sending an administrator a test through one gateway, and having gateways checked."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.intake.gateways.configured import ConfiguredGateway, find_gateway
from app.messaging.numbers import NotANumber, international
from app.messaging.outbox import queue_text
from app.models import Channel, Message, MessagePurpose
from app.queue import JobName, connection, enqueue
from app.sealing import seal
from app.settings import Settings

WHATSAPP_SENDER = "whatsapp:"  # how Twilio writes one
TEMPLATE = "test"  # the key of the dialogue's text


class CannotSend(LookupError):
    """No gateway of that slug sends at present."""


def send_test(
    session: Session,
    settings: Settings,
    slug: str,
    typed: str,
    language: str,
    *,
    actor: str,
    user_id: uuid.UUID | None,
) -> Message:
    """Queue a test to a number through one gateway; the number is sealed at once. Raises NotANumber and CannotSend."""
    address = international(typed)
    gateway = find_gateway(session, settings, slug)
    if gateway is None or not gateway.is_sending:
        raise CannotSend(slug)
    message = queue_text(
        session,
        MessagePurpose.TEST,
        channel=_channel(gateway),
        template=TEMPLATE,
        language=language,
        gateway=slug,
        written_by_id=user_id,
        sealed_address=seal({"address": address}, settings.intake_public_key),
    )
    detail = {"message": str(message.id)}
    audit.record(session, Action.GATEWAY_TESTED, f"gateway:{slug}", actor=actor, detail=detail)
    return message


def _channel(gateway: ConfiguredGateway) -> Channel:
    """A WhatsApp sender can't send SMS: the test would go out by another gateway, and say nothing of this one."""
    is_whatsapp = gateway.configuration["number"].startswith(WHATSAPP_SENDER)
    return Channel.WHATSAPP if is_whatsapp else Channel.SMS


def ask_for_check(settings: Settings) -> None:
    """Have a worker ask every provider whether it answers and knows us. Raises RedisError."""
    enqueue(connection(settings.redis_url), JobName.CHECK_GATEWAYS)


__all__ = ["CannotSend", "NotANumber", "ask_for_check", "international", "send_test"]
