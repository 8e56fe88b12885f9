"""A stand-in for httpSMS and its phone: takes messages by its API, lists what came in, and signs webhooks.

What it checks and says is in httpSMS's documentation ("Webhooks", and the API's own reference).
"""

from __future__ import annotations

import base64
import hmac
import json
import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.contracts.phone_stand_in import Call, PhoneStandIn, Reply

SIGNING_KEY = "the-signing-key-of-the-test-phone"
API_KEY = "the-api-key-of-the-test-phone"
OWNER = "+22360000001"
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_MOST = {"/v1/messages/incoming": 200, "/v1/message-threads": 20, "/v1/messages": 20, "/v1/phones": 20}


class HttpSmsStandIn(PhoneStandIn):
    """See PhoneStandIn. It sends every request, also one with an id it has seen. `stored` is what came in.

    `has_incoming` is whether the server is new enough to list incoming messages at once.
    """

    def __init__(self, *, share: float = 0, seed: int = 0) -> None:
        super().__init__(share=share, seed=seed)
        self.stored: list[dict[str, Any]] = []
        self.has_incoming = True
        self.owners = [OWNER]

    def values(self, **changed: str) -> dict[str, str]:
        """A gateway's configuration that leads here."""
        return {
            "signing_key": SIGNING_KEY,
            "api_base": self.address,
            "api_key": API_KEY,
            "owner": OWNER,
            **changed,
        }

    def hear(
        self, sender: str, text: str, at: datetime, *, late: timedelta = timedelta(), **more: Any
    ) -> dict[str, Any]:
        """Keep a message that the phone received, and handed over so much later. Gives the webhook's data."""
        data = received(sender, text, at, **more)
        stored = {
            "id": data["message_id"],
            "type": "mobile-originated",
            "status": "received",
            "created_at": _iso(at + late),
            "order_timestamp": _iso(at),
            "received_at": _iso(at),
        }
        kept = {name: data[name] for name in ("owner", "contact", "content", "encrypted")}
        with self.lock:
            self.stored.append({**stored, **kept})
        return data

    def refusal(self, call: Call) -> Reply | None:
        if not hmac.compare_digest(call.headers.get("x-api-key", ""), API_KEY):
            return Reply(401, {"status": "error", "message": "You are not authorized"})
        if call.method == "POST":
            wrong = _wrong(call.json) if call.path == "/v1/messages/send" else "path"
            return Reply(422, {"status": "error", "data": {wrong: ["is wrong"]}}) if wrong else None
        if call.path not in _MOST or (call.path == "/v1/messages/incoming" and not self.has_incoming):
            return Reply(404)
        is_page = 1 <= int(call.query["limit"]) <= _MOST[call.path] and int(call.query.get("skip", "0")) >= 0
        return None if is_page else Reply(422)

    def take(self, call: Call) -> Reply:
        self.accepted.append(call.json)
        kept = {
            "id": str(uuid.uuid4()),
            "status": "pending",
            "type": "mobile-terminated",
            "request_id": call.json["request_id"],
        }
        return Reply(200, {"status": "success", "message": "message added to queue", "data": kept})

    def listing(self, call: Call) -> Reply:
        found = {
            "/v1/phones": lambda: [{"phone_number": owner} for owner in self.owners],
            "/v1/messages/incoming": lambda: self._messages("created_at", owner=call.query["owners"]),
            "/v1/message-threads": lambda: self._conversations(call.query["owner"]),
            "/v1/messages": lambda: self._messages(
                "order_timestamp", owner=call.query["owner"], contact=call.query["contact"]
            ),
        }[call.path]()
        skip = int(call.query.get("skip", "0"))
        page = found[skip : skip + int(call.query["limit"])]
        return Reply(200, {"status": "success", "message": "fetched", "data": page})

    def _messages(self, order: str, **equal: str) -> list[dict[str, Any]]:
        found = [one for one in self.stored if all(one[name] == value for name, value in equal.items())]
        return sorted(found, key=lambda one: str(one[order]), reverse=True)

    def _conversations(self, owner: str) -> list[dict[str, Any]]:
        threads: dict[str, dict[str, Any]] = {}
        for message in reversed(self._messages("order_timestamp", owner=owner)):
            contact, at = message["contact"], message["order_timestamp"]
            threads[contact] = {"owner": owner, "contact": contact, "order_timestamp": at}
        return sorted(threads.values(), key=lambda one: str(one["order_timestamp"]), reverse=True)


def _wrong(message: dict[str, str]) -> str:
    """The field of a message to send that is wrong."""
    if set(message) != {"content", "from", "to", "request_id"}:
        return "content"
    if not 1 <= len(message["content"]) <= 1024:
        return "content"
    if message["from"] != OWNER:
        return "from"
    return "" if _PHONE.fullmatch(message["to"]) else "to"


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"  # nanoseconds, as Go writes them


def received(sender: str, text: str, at: datetime, *, encrypted: bool = False) -> dict[str, Any]:
    """The data of a `message.phone.received`."""
    return {
        "message_id": str(uuid.uuid4()),
        "user_id": "an-account",
        "owner": OWNER,
        "encrypted": encrypted,
        "contact": sender,
        "timestamp": _iso(at),
        "content": text,
        "sim": "SIM1",
        "attachments": None,
    }


def receipt(message_id: str, **more: Any) -> dict[str, Any]:
    """The data of a receipt for a message that we sent."""
    return {
        "id": str(uuid.uuid4()),
        "request_id": message_id,
        "owner": OWNER,
        "contact": "+22376000001",
        "content": "what was sent",
        "sim": "SIM1",
        **more,
    }


def bearer(
    address: str, now: datetime, key: str = SIGNING_KEY, algorithm: str = "HS256", **claims: Any
) -> dict[str, str]:
    """The headers that come with a webhook, in lower case. A claim given as None is left out."""
    ten_minutes = 600
    at = int(now.timestamp())
    made = {
        "aud": address,
        "exp": at + ten_minutes,
        "iat": at,
        "iss": "api.httpsms.com",
        "nbf": at - ten_minutes,
        "sub": "an-account",
        **claims,
    }
    parts = (
        {"alg": algorithm, "typ": "JWT"},
        {name: value for name, value in made.items() if value is not None},
    )
    text = ".".join(_base64(json.dumps(part).encode()) for part in parts)
    signature = b"" if algorithm == "none" else hmac.new(key.encode(), text.encode(), "sha256").digest()
    return {"content-type": "application/json", "authorization": f"Bearer {text}.{_base64(signature)}"}


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def webhook(
    kind: str, data: object, address: str, now: datetime, key: str = SIGNING_KEY
) -> tuple[bytes, dict[str, str]]:
    """The body and headers of one webhook to an address."""
    content = {
        "data": data,
        "datacontenttype": "application/json",
        "id": str(uuid.uuid4()),
        "source": "/v1/messages/receive",
        "specversion": "1.0",
        "time": _iso(now),
        "type": kind,
    }
    return json.dumps(content).encode(), {**bearer(address, now, key), "x-event-type": kind}
