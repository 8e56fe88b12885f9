"""Webhooks as Twilio signs them, for the test client."""

from __future__ import annotations

from flask.testing import FlaskClient
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

TOKEN = "a-test-token"
URL = "http://localhost/webhooks/twilio/sms"
TEXT = "des hommes armés ont pris 20 boeufs à Koro hier"
SENDER = "+22376123456"


def form(text: str = TEXT, sid: str = "SM" + "a" * 32) -> dict[str, str]:
    """The fields of an incoming text."""
    return {
        "MessageSid": sid,
        "AccountSid": "AC" + "0" * 32,
        "From": SENDER,
        "To": "+22360000000",
        "Body": text,
        "NumMedia": "0",
        "SomethingNew": "unknown parameters are tolerated",
    }


def post(client: FlaskClient, data: dict[str, str], *, token: str = TOKEN, url: str = URL) -> TestResponse:
    """Send the fields with the signature for an address."""
    signature = RequestValidator(token).compute_signature(url, data)
    return client.post("/webhooks/twilio/sms", data=data, headers={"X-Twilio-Signature": signature})
