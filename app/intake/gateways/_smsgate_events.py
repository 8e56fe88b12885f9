"""What SMSGate's webhooks say, as events of ours. Called only with a body whose signature has been checked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from app.intake.gateways._payload import identifier, moment, section, sections, text, words
from app.intake.gateways.protocol import DeliveryReport, Event, IncomingText, Malformed, Ping
from app.models import DeliveryState

# Android's own word for a failed send (RESULT_ERROR_NO_SERVICE). The rest of a reason may hold a phone number.
_ANDROID_RESULT = re.compile(r"\bRESULT_[A-Z_]{1,33}")
_STATES = {
    "sms:sent": DeliveryState.SENT,
    "sms:delivered": DeliveryState.DELIVERED,
    "sms:failed": DeliveryState.FAILED,
    "sms:cancelled": DeliveryState.CANCELLED,
}
_Payload = Mapping[str, Any]
_Reader = Callable[[_Payload, _Payload], IncomingText]


def read(body: _Payload) -> tuple[Event, ...]:
    """The events in a webhook's body; none for an event we don't know. Raises Malformed."""
    name = words(body, "event")
    if name == "system:ping":
        return (Ping(),)
    if name in _STATES:
        return (_receipt(_STATES[name], section(body, "payload")),)
    if reader := _READERS.get(name.replace(":batch:", ":")):
        payload = section(body, "payload")
        return _batch(reader, body, payload) if ":batch:" in name else (reader(body, payload),)
    return ()


def _batch(reader: _Reader, body: _Payload, payload: _Payload) -> tuple[Event, ...]:
    """The messages of a batch that can be read: one that can't mustn't take the others with it."""
    found: list[Event] = []
    messages = sections(payload, "messages")
    for message in messages:
        with suppress(Malformed):
            found.append(reader(body, message))
    if messages and not found:
        raise Malformed("no message in the batch")
    return tuple(found)


def _receipt(state: DeliveryState, payload: _Payload) -> DeliveryReport:
    found = _ANDROID_RESULT.search(words(payload, "reason"))
    return DeliveryReport(identifier(payload, "messageId"), state, found.group() if found else "")


def _sms(body: _Payload, payload: _Payload) -> IncomingText:
    message = text(payload, "message")
    return _incoming(body, payload, message, text=message)


def _data(body: _Payload, payload: _Payload) -> IncomingText:
    """A binary SMS: bytes in base64, for a person or a decoder to make sense of."""
    data = text(payload, "data")
    return _incoming(body, payload, data, raw=_bytes(data), encoding="base64")


def _mms(body: _Payload, payload: _Payload) -> IncomingText:
    """An MMS: notified of (with a subject at most) or downloaded (with its text). Its files aren't handed over."""
    said = words(payload, "body", "subject")
    return _incoming(body, payload, words(payload, "transactionId", "messageId") + said, text=said)


_READERS: Mapping[str, _Reader] = {
    "sms:received": _sms,
    "sms:data-received": _data,
    "mms:received": _mms,
    "mms:downloaded": _mms,
}


def _incoming(body: _Payload, payload: _Payload, content: str, **fields: Any) -> IncomingText:
    """A message with its place, time and people. `content` is what tells it from another of the same moment."""
    sender = identifier(payload, "sender", "phoneNumber")  # `phoneNumber` in releases before February 2026
    return IncomingText(
        provider_id=_provider_id(body, payload, sender, content),
        sender=sender,
        recipient=words(payload, "recipient"),
        sent_at=moment(payload.get("receivedAt")),
        **fields,
    )


def _provider_id(body: _Payload, payload: _Payload, sender: str, content: str) -> str:
    """What stays the same when a message comes again: the app gives every repetition a new event id.

    https://github.com/capcom6/android-sms-gateway/issues/291. Without a time the event's own id stands in: better
    the same message twice than the second of two lost.
    """
    at = moment(payload.get("receivedAt"))
    when = at.isoformat() if at else words(payload, "receivedAt") or words(body, "id")
    digest = hashlib.sha256(_bytes(content)).hexdigest()
    return hashlib.sha256(_bytes("\n".join((words(body, "deviceId"), sender, when, digest)))).hexdigest()


def _bytes(value: str) -> bytes:
    """UTF-8; JSON may hold half a surrogate pair, which is kept as it is."""
    return value.encode("utf-8", "surrogatepass")
