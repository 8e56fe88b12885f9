"""A stand-in for a phone with SMSGate: takes messages by its API and signs webhooks.

What it checks and says is in SMSGate's documentation ("Sending Messages", "Webhooks", "Payload Signing").
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
from datetime import UTC, datetime
from typing import Any

from tests.contracts.phone_stand_in import Call, PhoneStandIn, Reply

KEY = "a-key-of-the-test-phone"
USERNAME, PASSWORD = "sms", "of-the-test-phone"
DEVICE = "ffffffff0a1b2c3d0000019400112233"
OWN_NUMBER = "+22360000000"
SERVER = (
    "/3rdparty/v1"  # before the paths of a cloud or private server; a phone's own have nothing before them
)
_FIELDS = {
    *("id", "textMessage", "phoneNumbers", "withDeliveryReport"),
    *("deviceId", "simNumber", "priority", "ttl", "validUntil"),
}


class SmsGateStandIn(PhoneStandIn):
    """See PhoneStandIn. An id that it already has is answered with 409, and not sent again."""

    def values(self, **changed: str) -> dict[str, str]:
        """A gateway's configuration that leads here."""
        return {
            "signing_key": KEY,
            "api_base": self.address,
            "username": USERNAME,
            "password": PASSWORD,
            **changed,
        }

    def refusal(self, call: Call) -> Reply | None:
        expected = "Basic " + base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
        path = call.path.removeprefix(SERVER)
        if path == "/health":
            return None
        if path != "/messages" and path != ("/devices" if call.path.startswith(SERVER) else "/webhooks"):
            return Reply(404)
        if not hmac.compare_digest(call.headers.get("authorization", ""), expected):
            return Reply(401, {"message": "Unauthorized"})
        if call.method == "POST" and (wrong := _wrong(call.json)):
            return Reply(400, {"message": wrong})
        return None

    def take(self, call: Call) -> Reply:
        if any(call.json["id"] == earlier["id"] for earlier in self.accepted):
            return Reply(409, {"message": "duplicate id"})
        self.accepted.append(call.json)
        recipients = [{"phoneNumber": number, "state": "Pending"} for number in call.json["phoneNumbers"]]
        return Reply(202, {"id": call.json["id"], "state": "Pending", "recipients": recipients})

    def listing(self, call: Call) -> Reply:
        devices = [{"id": DEVICE, "name": "a phone"}]
        known = {"/health": {"status": "pass"}, "/webhooks": [], "/devices": devices}
        return Reply(200, known[call.path.removeprefix(SERVER)])


def _wrong(message: dict[str, Any]) -> str:
    """What is wrong with a message to send."""
    if unknown := set(message) - _FIELDS:
        return f"unknown {unknown}"
    if not message.get("textMessage", {}).get("text"):
        return "Text message is empty"
    numbers = message.get("phoneNumbers", [])
    if not numbers or not all(re.fullmatch(r"\+[1-9][0-9]{6,14}", number) for number in numbers):
        return "phoneNumbers"
    if not 0 < len(message.get("id", "")) <= 36:
        return "id"
    is_sim = message.get("simNumber", 1) in (1, 2, 3)
    return "" if is_sim and isinstance(message["withDeliveryReport"], bool) else "simNumber"


def signed(body: bytes, now: datetime, key: str = KEY) -> dict[str, str]:
    """The headers that the phone sends with a body, in lower case."""
    timestamp = str(int(now.timestamp()))
    signature = hmac.new(key.encode(), body + timestamp.encode(), "sha256").hexdigest()
    return {"content-type": "application/json", "x-timestamp": timestamp, "x-signature": signature}


def webhook(
    event: str, payload: object, now: datetime, *, key: str = KEY, device: str = DEVICE
) -> tuple[bytes, dict[str, str]]:
    """The body and headers of one webhook. Every call makes another event id, as the app does on repeating."""
    content = {
        "deviceId": device,
        "event": event,
        "id": secrets.token_urlsafe(16)[:21],
        "payload": payload,
        "webhookId": "the-hook",
    }
    body = json.dumps(content).encode()
    return body, signed(body, now, key)


def received(sender: str, text: str, received_at: datetime) -> dict[str, Any]:
    """The payload of an `sms:received`."""
    return {
        "messageId": hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8],
        "message": text,
        "sender": sender,
        "recipient": OWN_NUMBER,
        "phoneNumber": sender,
        "simNumber": 1,
        "receivedAt": received_at.astimezone(UTC).isoformat(timespec="milliseconds"),
    }


def receipt(event: str, message_id: str, **more: str) -> dict[str, Any]:
    """The payload of an `sms:sent`, `sms:delivered` or `sms:failed`."""
    number = "+22376000001"
    return {
        "messageId": message_id,
        "sender": OWN_NUMBER,
        "recipient": number,
        "phoneNumber": number,
        "simNumber": 1,
        f"{event.rpartition(':')[2]}At": "2026-11-22T10:00:05.000+00:00",
        **more,
    }
