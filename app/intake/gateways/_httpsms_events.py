"""What httpSMS says in webhooks (CloudEvents) and listings, as events of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.intake.gateways._payload import identifier, moment, section, text, words
from app.intake.gateways.protocol import DeliveryReport, Event, IncomingText, MissedCall, Ping
from app.models import DeliveryState

ENCRYPTED = "httpsms-encrypted"  # the encoding of a message that only the phone's own key opens
# The phone's own word for a failed send (GENERIC_FAILURE). Anything else may be a sentence with a phone number in it.
_FAILURE = re.compile(r"[A-Z][A-Z_]{2,39}")
_RECEIPTS = {
    "message.phone.sending": DeliveryState.SENDING,
    "message.phone.sent": DeliveryState.SENT,
    "message.phone.delivered": DeliveryState.DELIVERED,
    "message.send.failed": DeliveryState.FAILED,
    "message.send.expired": DeliveryState.UNDELIVERED,  # the phone never fetched it
}
_Data = Mapping[str, Any]


def read(body: _Data) -> tuple[Event, ...]:
    """The event in a webhook's body; none for one we don't know. Raises Malformed.

    A heartbeat that stopped (`phone.heartbeat.offline`) is no sign of life, so it is no Ping: silence shows it.
    """
    kind = words(body, "type")
    if kind == "phone.heartbeat.online":
        return (Ping(),)
    if kind == "message.phone.received":
        return (_incoming(section(body, "data"), "message_id"),)
    if kind == "message.call.missed":
        data = section(body, "data")
        return (MissedCall(identifier(data, "message_id"), identifier(data, "contact")),)
    if kind in _RECEIPTS:
        return (_receipt(kind, section(body, "data")),)
    return ()


def stored_message(message: _Data) -> IncomingText:
    """A message of a listing, with the id that its webhook had. Raises Malformed."""
    return _incoming(message, "id")


def _receipt(kind: str, data: _Data) -> DeliveryReport:
    """By our own id, which httpSMS calls `request_id`; by its id for what others sent through the same phone."""
    reason = words(data, "error_message")
    code = reason if _FAILURE.fullmatch(reason) else "EXPIRED" if kind == "message.send.expired" else ""
    return DeliveryReport(identifier(data, "request_id", "id", "message_id"), _RECEIPTS[kind], code)


def _incoming(data: _Data, id_name: str) -> IncomingText:
    content = text(data, "content")
    is_encrypted = data.get("encrypted") is True
    return IncomingText(
        provider_id=identifier(data, id_name),
        sender=identifier(data, "contact"),
        text="" if is_encrypted else content,
        recipient=words(data, "owner"),
        raw=content.encode("utf-8", "surrogatepass") if is_encrypted else b"",
        encoding=ENCRYPTED if is_encrypted else "",
        sent_at=moment(data.get("timestamp")) or moment(data.get("received_at")),
    )
