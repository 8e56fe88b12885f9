"""What a phone network and Twilio do with a text, for the handset on the screen: a genuine webhook, and its answer."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from xml.etree import ElementTree

import requests

from app.casework.segments import count_segments
from app.intake.gateways import twilio
from app.settings import Settings

WEBHOOK_PATH = "/webhooks/twilio/sms"
TIMEOUT_SECONDS = 10
API_VERSION = "2010-04-01"


class NotDelivered(RuntimeError):
    """The webhook didn't take the text. `status` is its HTTP status, or None when nothing answered."""

    def __init__(self, status: int | None) -> None:
        super().__init__("the webhook did not take the text")
        self.status = status


def new_message_id() -> str:
    """An id as Twilio gives one to each message."""
    return "SM" + secrets.token_hex(16)


def deliver(settings: Settings, message_id: str, number: str, text: str) -> list[str]:
    """Post a signed webhook over HTTP to this installation's public address; the texts of its TwiML answer.

    Raises NotDelivered.
    """
    address = settings.public_url + WEBHOOK_PATH
    form = webhook_form(settings, message_id, number, text)
    signature = twilio.sign(settings.twilio, address, form)
    try:
        with requests.Session() as session:
            session.trust_env = False  # it calls itself: no proxy is between
            answer = session.post(
                address,
                data=form,
                headers={"X-Twilio-Signature": signature, "User-Agent": "TwilioProxy/1.1"},
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
    except requests.RequestException as error:
        raise NotDelivered(None) from error
    if answer.status_code != HTTPStatus.OK:
        raise NotDelivered(answer.status_code)
    return _messages(answer.content)


def webhook_form(settings: Settings, message_id: str, number: str, text: str) -> dict[str, str]:
    """The fields that Twilio posts for an incoming text."""
    return {
        "ToCountry": "ML",
        "ToState": "",
        "SmsMessageSid": message_id,
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": message_id,
        "FromState": "",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": text,
        "FromCountry": "ML",
        "To": settings.twilio.number,
        "ToZip": "",
        "NumSegments": str(count_segments(text).count),
        "MessageSid": message_id,
        "AccountSid": settings.twilio.account_sid,
        "From": number,
        "ApiVersion": API_VERSION,
    }


def _messages(twiml: bytes) -> list[str]:
    try:
        root = ElementTree.fromstring(twiml)  # noqa: S314 - our own server's answer
    except ElementTree.ParseError as error:
        raise NotDelivered(HTTPStatus.OK) from error
    return ["".join(message.itertext()) for message in root.iter("Message")]
