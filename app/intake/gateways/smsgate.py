"""SMSGate ("SMS Gateway for Android"): an Android phone with a local SIM, by its local, cloud or private API.

Written from its public documentation: https://docs.sms-gate.app/features/webhooks/ (events, payload signing),
https://docs.sms-gate.app/features/sending-messages/ and https://docs.sms-gate.app/integration/api/.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from app.intake.gateways._checks import is_protected, trouble
from app.intake.gateways._http import (
    Answer,
    Doubtful,
    NotSent,
    get,
    outcome_of,
    outcome_of_refusal,
    post_json,
)
from app.intake.gateways._smsgate_events import read
from app.intake.gateways.protocol import (
    Capability,
    Configuration,
    ConfigurationField,
    Inbound,
    InboundRequest,
    NotGenuine,
    Outcome,
    Outgoing,
    Reader,
    Result,
    Shape,
)

NAME = "smsgate"
CLOUD = "https://api.sms-gate.app/3rdparty/v1"
# The app makes up a key of 8 signs when none is given. Who knows that can try them out against one recorded request.
LEAST_KEY = 12
TIMESTAMP_WINDOW_SECONDS = 300  # the documentation's own advice: five minutes either way
LEAST_SECONDS, MOST_SECONDS = 5, 30 * 24 * 3600  # of a time to live; the first is the documentation's
_SIMS = frozenset({"1", "2", "3"})  # what the API takes as simNumber
_FIELDS = (
    ConfigurationField(
        "signing_key",
        lazy_gettext("Signing key"),
        Shape.SECRET,
        Reader.WEB,
        help=lazy_gettext(
            "In the app: Settings, Webhooks, Signing Key. Replace the short one that the app made up."
        ),
        least=LEAST_KEY,
    ),
    ConfigurationField(
        "api_base",
        lazy_gettext("Address of the API"),
        Shape.ADDRESS,
        Reader.WORKER,
        help=lazy_gettext("The phone itself (http://192.168.1.20:8080) or a cloud or private server."),
        default=CLOUD,
    ),
    ConfigurationField("username", lazy_gettext("User name"), Shape.TEXT, Reader.WORKER),
    ConfigurationField("password", lazy_gettext("Password"), Shape.SECRET, Reader.WORKER),
    ConfigurationField(
        "device_id",
        lazy_gettext("Device ID"),
        Shape.TEXT,
        Reader.WORKER,
        is_required=False,
        help=lazy_gettext(
            "Needed with a cloud or private server, so that a repeated attempt meets the same phone."
        ),
    ),
    ConfigurationField(
        "sim_number",
        lazy_gettext("SIM to send with"),
        Shape.NUMBER,
        Reader.WORKER,
        is_required=False,
        help=lazy_gettext("1, 2 or 3; empty for the phone's own choice."),
    ),
)


def sign(key: str, body: bytes, timestamp: str) -> str:
    """The X-Signature of a body sent at a timestamp (Unix seconds, as in X-Timestamp)."""
    message = body + timestamp.encode("utf-8", "surrogatepass")
    return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()


class SmsGate:
    """The provider: see `Provider`."""

    name = NAME
    label = "SMSGate (Android)"
    fields = _FIELDS
    capabilities = frozenset({Capability.SENDS, Capability.RECEIPTS, Capability.IDEMPOTENT})

    def problems(self, configuration: Configuration) -> Mapping[str, LazyString | str]:
        """What can't be used: a key that can be guessed, an address in the clear, a phone left to chance."""
        found: dict[str, LazyString | str] = {}
        key, base = configuration["signing_key"], configuration["api_base"]
        if key and len(key) < LEAST_KEY:
            found["signing_key"] = lazy_gettext("This key can be guessed: use at least 12 signs.")
        if base and not is_protected(base):
            found["api_base"] = lazy_gettext("Use https:// for an address outside the local network.")
        if _chooses_phones(base) and not configuration["device_id"]:
            found["device_id"] = lazy_gettext(
                "Say which phone: otherwise a message may be sent twice, by two phones."
            )
        if configuration["sim_number"] and _sim(configuration) is None:
            found["sim_number"] = lazy_gettext("Enter 1, 2 or 3.")
        return found

    def receive(self, configuration: Configuration, request: InboundRequest) -> Inbound:
        """Authenticate a webhook and read it. Raises NotGenuine and Malformed; unknown events hold nothing."""
        _authenticate(configuration["signing_key"], request)
        return Inbound(read(request.json))

    def send(self, configuration: Configuration, outgoing: Outgoing) -> Outcome:
        """Hand one message over under our own id. An id that is already there was accepted by an earlier attempt.

        A success that doesn't name it is UNKNOWN: something else may answer at this address.
        """
        provider_id = str(outgoing.message_id)
        try:
            answer = post_json(
                f"{_base(configuration)}/messages",
                _message(configuration, outgoing),
                auth=(configuration["username"], configuration["password"]),
            )
        except (NotSent, Doubtful) as failure:
            return replace(outcome_of(failure), provider_id=provider_id)
        if answer.status == HTTPStatus.CONFLICT or (answer.json or {}).get("id") == provider_id:
            return Outcome(Result.ACCEPTED, provider_id)
        return replace(outcome_of_refusal(NAME, answer), provider_id=provider_id)

    def check(self, configuration: Configuration) -> str:
        """Ask for the health, which is open, then with the credentials for what is there: our phone too."""
        base = _base(configuration)
        answers: list[Answer] = []

        def ask() -> Answer:
            path = "devices" if _chooses_phones(base) else "webhooks"  # only a server lists devices
            answers.append(get(f"{base}/{path}", auth=(configuration["username"], configuration["password"])))
            return answers[-1]

        if problem := trouble(lambda: get(f"{base}/health")) or trouble(ask):
            return problem
        is_there = not _chooses_phones(base) or configuration["device_id"] in answers[-1].text
        return "" if is_there else gettext("No phone with this ID is connected.")


def _authenticate(key: str, request: InboundRequest) -> None:
    """Raises NotGenuine unless the phone that has the key signed this body within the last five minutes."""
    timestamp = request.headers.get("x-timestamp", "")
    signature = request.headers.get("x-signature", "").encode("utf-8", "surrogatepass")
    if len(key) < LEAST_KEY:
        raise NotGenuine("no usable signing key")
    if not hmac.compare_digest(sign(key, request.body, timestamp).encode(), signature):
        raise NotGenuine("signature")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise NotGenuine("timestamp")
    if abs(request.received_at.timestamp() - int(timestamp)) > TIMESTAMP_WINDOW_SECONDS:
        raise NotGenuine("timestamp")


def _base(configuration: Configuration) -> str:
    return (configuration["api_base"] or CLOUD).rstrip("/")


def _chooses_phones(base: str) -> bool:
    """Whether a server stands before several phones: it keeps a message's id apart for each of them."""
    return "/3rdparty/" in f"{base}/"


def _sim(configuration: Configuration) -> int | None:
    value = configuration["sim_number"].strip()
    return int(value) if value in _SIMS else None


def _message(configuration: Configuration, outgoing: Outgoing) -> dict[str, Any]:
    """The body of a request to send."""
    wanted = {
        "id": str(outgoing.message_id),
        "textMessage": {"text": outgoing.text},
        "phoneNumbers": [outgoing.address],
        "withDeliveryReport": True,
        "deviceId": configuration["device_id"] or None,
        "simNumber": _sim(configuration),
        "ttl": outgoing.seconds_left(LEAST_SECONDS, MOST_SECONDS),
    }
    return {name: value for name, value in wanted.items() if value is not None}


PROVIDER = SmsGate()
