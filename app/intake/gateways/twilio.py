"""Twilio: recognise its webhooks, answer in TwiML, send through its API. The only module that imports twilio."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response as TwilioResponse
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.twiml.messaging_response import MessagingResponse

from app.settings import TwilioSettings

NAME = "twilio"
TIMEOUT_SECONDS = 10
API = "https://api.twilio.com"


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """What matters of a Twilio message webhook. `sender` is E.164, or whatever the network gave."""

    provider_id: str
    sender: str
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a send: a provider's id, or why it failed; `is_unknown` when nobody can tell."""

    provider_id: str = ""
    failure: str = ""
    is_unknown: bool = False


class MalformedMessage(ValueError):
    """A signed request that lacks what a message must have."""


def is_genuine(settings: TwilioSettings, url: str, form: Mapping[str, Any], signature: str) -> bool:
    """Whether Twilio signed this form for this public address. Without a token nothing is genuine."""
    if not settings.auth_token or not signature:
        return False
    return bool(RequestValidator(settings.auth_token).validate(url, form, signature))


def sign(settings: TwilioSettings, url: str, form: Mapping[str, Any]) -> str:
    """The signature Twilio would send; for the simulator and the benchmarks."""
    return str(RequestValidator(settings.auth_token).compute_signature(url, form))


def read_message(form: Mapping[str, str]) -> InboundMessage:
    """The message in a webhook's form. Raises MalformedMessage when it has no id or no sender."""
    provider_id = form.get("MessageSid") or form.get("SmsSid") or ""
    sender = form.get("From", "")
    if not (0 < len(provider_id) <= 64) or not (0 < len(sender) <= 64):
        raise MalformedMessage
    return InboundMessage(provider_id, sender, form.get("Body", ""))


def twiml(text: str | None) -> str:
    """A TwiML answer that says one text, or nothing."""
    response = MessagingResponse()
    if text:
        response.message(text)
    return str(response)


class _RedirectedHttpClient(TwilioHttpClient):
    """Sends Twilio's requests to another base address, so that the real client meets a stand-in."""

    def __init__(self, base: str, timeout: int) -> None:
        super().__init__(timeout=timeout)
        self.base = base

    def request(  # type: ignore[override] # the arguments after the address are handed on as they come
        self, method: str, url: str, *args: Any, **kwargs: Any
    ) -> TwilioResponse:
        """The same request, at the stand-in's address."""
        return super().request(method, url.replace(API, self.base, 1), *args, **kwargs)


def send(settings: TwilioSettings, to: str, text: str) -> Outcome:
    """Send one SMS through Twilio's client. Never raises: a network failure after the request is *unknown*."""
    http = (
        _RedirectedHttpClient(settings.api_base, TIMEOUT_SECONDS)
        if settings.api_base
        else TwilioHttpClient(timeout=TIMEOUT_SECONDS)
    )
    client = Client(settings.account_sid, settings.auth_token, http_client=http)
    try:
        message = client.messages.create(to=to, from_=settings.number, body=text)
    except TwilioRestException as error:
        return Outcome(failure=f"twilio-{error.code or error.status}")
    except Exception as error:  # noqa: BLE001 - requests' errors: it may have arrived or not
        return Outcome(failure=type(error).__name__, is_unknown=True)
    return Outcome(provider_id=str(message.sid))
