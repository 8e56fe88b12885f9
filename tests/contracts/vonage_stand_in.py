"""A stand-in for Vonage's SMS API and balance, and the webhooks it sends, signed when asked to.

As its documentation describes them under "Inbound SMS", "Delivery receipts", "Signing messages" and "Account API".
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from contextlib import AbstractContextManager

from app.intake.gateways._vonage_signature import sign
from app.intake.gateways.protocol import Part
from app.messaging.segments import GSM_BASIC, GSM_EXTENDED, count_segments
from tests.contracts.loopback import Call, Reply, StandIn, Webhook, form_post, json_reply, running

API_KEY, API_SECRET = "a1b2c3d4", "Karite2026Sahel"
SECRET = "sorghum-baobab-1122334455"
SIGNATURE_SECRET = "n" * 40
_FIELDS = {"api_key", "api_secret", "from", "to", "text", "type", "client-ref"}


class VonageStandIn(StandIn):
    """`statuses` gives the statuses of the parts for a recipient; who isn't in it gets 0 for each."""

    def __init__(self, *, share: float = 0, seed: int = 0) -> None:
        super().__init__(share=share, seed=seed)
        self.statuses: dict[str, list[str]] = {}

    def is_send(self, call: Call) -> bool:
        return call.path == "/sms/json"

    def declined(self) -> Reply:
        return _answer([{"status": "1", "error-text": "Throughput Rate Exceeded"}])

    def reply(self, call: Call) -> Reply:
        if (call.method, call.path) == ("GET", "/account/get-balance"):
            return self._balance(call)
        if (call.method, call.path) != ("POST", "/sms/json"):
            return self.refuse("address", Reply(404, "Not found"))
        return self._message(call.form)

    def _balance(self, call: Call) -> Reply:
        expected = "Basic " + base64.b64encode(f"{API_KEY}:{API_SECRET}".encode()).decode()
        if call.headers.get("authorization") != expected or call.query:
            return self.refuse("credentials", Reply(401, "{}"))
        return json_reply(200, {"value": 10.5, "autoReload": False})

    def _message(self, form: Mapping[str, str]) -> Reply:
        if (form.get("api_key"), form.get("api_secret")) != (API_KEY, API_SECRET):
            return self.refuse("credentials", _answer([{"status": "4", "error-text": "Bad Credentials"}]))
        is_plain = set(form.get("text", "")) <= set(GSM_BASIC + GSM_EXTENDED)
        is_right = set(form) == _FIELDS and form["to"].isdigit() and form["text"]
        if not is_right or form["type"] != ("text" if is_plain else "unicode"):
            return self.refuse("form", _answer([{"status": "3", "error-text": "Invalid value"}]))
        statuses = self.statuses.get(form["to"], ["0"] * count_segments(form["text"]).count)
        number = self.take(form) if "0" in statuses else 0
        return _answer(
            [_part(form["to"], status, f"{number:06X}-{at}") for at, status in enumerate(statuses)]
        )


def vonage(*, share: float = 0, seed: int = 0) -> AbstractContextManager[VonageStandIn]:
    """A stand-in for the time of a test."""
    return running(VonageStandIn(share=share, seed=seed))


def form_of_message(provider_id: str, sender: str, text: str, part: Part | None = None) -> dict[str, str]:
    """A message from a phone."""
    form = {
        "msisdn": sender.lstrip("+"),
        "to": "22370000000",
        "messageId": provider_id,
        "text": text,
        "type": "text",
        "keyword": text.split(" ")[0].upper(),
        "api-key": API_KEY,
        "message-timestamp": "2026-03-04 09:29:58",
    }
    if part is None:
        return form
    figures = {"concat-ref": part.reference, "concat-part": str(part.number), "concat-total": str(part.total)}
    return form | {"concat": "true"} | figures


def form_of_receipt(provider_id: str, status: str, error: str = "0") -> dict[str, str]:
    """A delivery receipt."""
    return {
        "msisdn": "22376000001",
        "to": "Seere",
        "network-code": "61002",
        "messageId": provider_id,
        "price": "0.05",
        "status": status,
        "scts": "2603040930",
        "err-code": error,
        "api-key": API_KEY,
        "message-timestamp": "2026-03-04 09:30:02",
    }


def signed(form: Mapping[str, str], secret: str = SIGNATURE_SECRET, method: str = "sha256") -> dict[str, str]:
    """The same with moment, nonce and signature."""
    complete = dict(form) | {"timestamp": "1772616598", "nonce": "d3c8a9f0-11aa-4c52-9a1e-000000000001"}
    return complete | {"sig": sign(secret, method, complete)}


def post(form: Mapping[str, str], action: str = SECRET) -> Webhook:
    """A webhook as a form; `action` is the secret, with `status/` before it for receipts."""
    return form_post(action, form)


def post_json(form: Mapping[str, str], action: str = SECRET) -> Webhook:
    """A webhook as JSON."""
    return Webhook(action, body=json.dumps(form).encode(), headers={"content-type": "application/json"})


def get(form: Mapping[str, str], action: str = SECRET) -> Webhook:
    """A webhook by GET."""
    return Webhook(action, "GET", form_post(action, form).body.decode())


def _answer(parts: list[dict[str, str]]) -> Reply:
    return json_reply(200, {"message-count": str(len(parts)), "messages": parts})


def _part(to: str, status: str, message_id: str) -> dict[str, str]:
    if status != "0":
        return {"status": status, "error-text": "-"}
    return {
        "to": to,
        "message-id": message_id,
        "status": status,
        "remaining-balance": "10.4",
        "network": "61002",
    }
