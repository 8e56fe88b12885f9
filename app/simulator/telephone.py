"""What a phone network and Twilio do for the handset on the screen: genuine webhooks, signed as Twilio signs them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from http import HTTPStatus

import requests

from app.intake.gateways import twilio
from app.messaging.segments import count_segments
from app.settings import Settings

SMS_PATH = "/webhooks/twilio/sms"
CALL_PATH = "/webhooks/twilio/voice"
TIMEOUT_SECONDS = 10
API_VERSION = "2010-04-01"
DELIVERED = ("sent", "delivered")  # what Twilio tells of a text that arrives, in this order


class NotDelivered(RuntimeError):
    """The webhook didn't take it. `status` is its HTTP status, or None when nothing answered."""

    def __init__(self, status: int | None) -> None:
        super().__init__("the webhook did not take it")
        self.status = status


def new_message_id() -> str:
    """An id as Twilio gives one to each message."""
    return "SM" + secrets.token_hex(16)


def new_call_id() -> str:
    """An id as Twilio gives one to each call."""
    return "CA" + secrets.token_hex(16)


def deliver(settings: Settings, message_id: str, number: str, text: str) -> None:
    """Hand a text over. What is answered comes later, by the outbox. Raises NotDelivered."""
    _post(settings, settings.public_url + SMS_PATH, webhook_form(settings, message_id, number, text))


def ring(settings: Settings, number: str) -> None:
    """Ring and hang up before anybody answers: "call me back". Raises NotDelivered."""
    form = {
        "CallSid": new_call_id(),
        "AccountSid": settings.twilio.account_sid,
        "From": number,
        "To": settings.twilio.number,
        "CallStatus": "no-answer",
        "ApiVersion": API_VERSION,
        "Direction": "inbound",
        "CallDuration": "0",
    }
    _post(settings, settings.public_url + CALL_PATH, form)


def is_status_address(settings: Settings, address: str) -> bool:
    """Whether receipts may be sent there: to this installation's own webhooks and nowhere else."""
    return address.startswith(f"{settings.public_url}/webhooks/")


def confirm(settings: Settings, address: str, message_id: str, number: str) -> None:
    """Tell that a text was sent and has arrived, as Twilio does. Raises NotDelivered."""
    for status in DELIVERED:
        form = {
            "MessageSid": message_id,
            "SmsSid": message_id,
            "MessageStatus": status,
            "SmsStatus": status,
            "AccountSid": settings.twilio.account_sid,
            "From": settings.twilio.number,
            "To": number,
            "ApiVersion": API_VERSION,
        }
        _post(settings, address, form)


def _post(settings: Settings, address: str, form: Mapping[str, str]) -> None:
    """Post a signed webhook over HTTP to this installation's public address."""
    signature = twilio.sign(settings.twilio.auth_token, address, form)
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
    if answer.status_code not in {HTTPStatus.OK, HTTPStatus.NO_CONTENT}:
        raise NotDelivered(answer.status_code)


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
