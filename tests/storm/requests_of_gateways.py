"""Webhooks as the five providers would make them, by the same stand-ins that the contract tests use."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from app.intake.gateways.protocol import Part
from tests.contracts import africastalking_stand_in as africastalking
from tests.contracts import httpsms_stand_in as httpsms
from tests.contracts import kannel_stand_in as kannel
from tests.contracts import smsgate_stand_in as smsgate
from tests.contracts import twilio_stand_in as twilio
from tests.storm.weather import Sms

_EPOCH = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Post:
    """One HTTP request to make."""

    method: str
    url: str
    body: bytes
    headers: Mapping[str, str]


def post_of(sms: Sms, address: str) -> Post:
    """The request for one SMS, damaged where it is to be. `address` is the installation's."""
    return _MAKERS[sms.gateway](sms, f"{address}/webhooks/{sms.gateway}")


def _twilio(sms: Sms, base: str) -> Post:
    url = f"{base}/sms"
    form = {
        "MessageSid": f"SM{sms.number:032x}",
        "AccountSid": twilio.ACCOUNT,
        "From": "" if sms.damage == "nobody" else sms.phone,
        "To": "+22360000000",
        "Body": sms.text,
        "NumMedia": "0",
    }
    if sms.damage == "garbage":
        form.pop("MessageSid")
    token = "somebody-else" if sms.damage == "unsigned" else twilio.TOKEN
    signature = RequestValidator(token).compute_signature(url, form)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
    return Post("POST", url, urlencode(form).encode(), headers)


def _smsgate(sms: Sms, base: str) -> Post:
    received_at = _EPOCH + timedelta(seconds=sms.number)
    payload = smsgate.received("" if sms.damage == "nobody" else sms.phone, sms.text, received_at)
    key = "a-key-of-somebody-else" if sms.damage == "unsigned" else smsgate.KEY
    now = datetime.now(UTC)
    body, headers = smsgate.webhook("sms:received", payload, now, key=key)
    if sms.damage == "garbage":
        body = b"{" + body
        headers = smsgate.signed(body, now)
    return Post("POST", f"{base}/events", body, headers)


def _httpsms(sms: Sms, base: str) -> Post:
    url = f"{base}/events"
    sender = "" if sms.damage == "nobody" else sms.phone
    data = httpsms.received(sender, sms.text, _EPOCH) | {"message_id": sms.provider_id}
    key = "the-signing-key-of-somebody" if sms.damage == "unsigned" else httpsms.SIGNING_KEY
    body, headers = httpsms.webhook("message.phone.received", data, url, datetime.now(UTC), key)
    return Post("POST", url, b"[" + body if sms.damage == "garbage" else body, headers)


def _africastalking(sms: Sms, base: str) -> Post:
    form = africastalking.form_of_message(sms.provider_id, sms.phone, sms.text)
    if sms.damage in {"nobody", "garbage"}:
        form.pop("from")
    secret = "a-secret-that-somebody-guessed" if sms.damage == "unsigned" else africastalking.SECRET
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return Post("POST", f"{base}/{secret}", urlencode(form).encode(), headers)


def _kannel(sms: Sms, base: str) -> Post:
    sender = "" if sms.damage in {"nobody", "garbage"} else sms.phone
    part = Part(str(sms.number % 65_536), sms.part, sms.parts) if sms.parts else None
    query = kannel.query_of_message(sms.provider_id, sender, sms.text, part=part)
    secret = "a-secret-that-somebody-guessed" if sms.damage == "unsigned" else kannel.SECRET
    return Post("GET", f"{base}/{secret}?{query}", b"", {})


_MAKERS = {
    "twilio": _twilio,
    "smsgate": _smsgate,
    "httpsms": _httpsms,
    "africastalking": _africastalking,
    "kannel": _kannel,
}


def receipts_of(gateway: str, accepted: Mapping[str, object], position: int, address: str) -> list[Post]:
    """Receipts for one text that a stand-in accepted: `delivered` twice, and a late `sent`. Empty where none."""
    base = f"{address}/webhooks/{gateway}"
    if gateway == "twilio":
        return [_twilio_receipt(base, position, state) for state in ("delivered", "sent", "delivered")]
    if gateway == "smsgate":
        return [_smsgate_receipt(base, str(accepted["id"]), event) for event in ("sms:delivered", "sms:sent")]
    return []


def _twilio_receipt(base: str, position: int, state: str) -> Post:
    url = f"{base}/status"
    form = {"MessageSid": f"SM{position:032x}", "AccountSid": twilio.ACCOUNT, "MessageStatus": state}
    signature = RequestValidator(twilio.TOKEN).compute_signature(url, form)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
    return Post("POST", url, urlencode(form).encode(), headers)


def _smsgate_receipt(base: str, message_id: str, event: str) -> Post:
    body, headers = smsgate.webhook(event, smsgate.receipt(event, message_id), datetime.now(UTC))
    return Post("POST", f"{base}/events", body, headers)


def described(post: Post) -> str:
    """What to say of a request that failed in a way it shouldn't have."""
    return json.dumps({"method": post.method, "address": post.url.split("?")[0]})
