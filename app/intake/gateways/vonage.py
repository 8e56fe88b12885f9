"""Vonage's SMS API: messages both ways and delivery receipts.

Its webhooks are signed only where its support switched that on, so the address holds a secret as well. Sending takes
no idempotency key: a send whose answer is lost is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from app.intake.gateways import _http, _secret_path, _vonage_signature
from app.intake.gateways._checks import trouble
from app.intake.gateways._fields import (
    code,
    moment,
    octets,
    optional_identifier,
    parameters,
    text_or_bytes,
)
from app.intake.gateways._payload import identifier
from app.intake.gateways._senders import e164
from app.intake.gateways._udh import concatenation, header_of, part
from app.intake.gateways.protocol import (
    Capability,
    Configuration,
    ConfigurationField,
    DeliveryReport,
    Inbound,
    InboundRequest,
    IncomingText,
    Malformed,
    NotGenuine,
    Outcome,
    Outgoing,
    Part,
    Provider,
    Reader,
    Result,
    Shape,
)
from app.messaging.segments import count_segments
from app.models import DeliveryState

API = "https://rest.nexmo.com"

_STATES = {
    "accepted": DeliveryState.SENT,
    "buffered": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "expired": DeliveryState.UNDELIVERED,
    "failed": DeliveryState.UNDELIVERED,
    "rejected": DeliveryState.FAILED,
}

# The status of a part in the answer to a send. Absent ones are about the account or the pace: later, or elsewhere.
_RESULTS = {
    "0": Result.ACCEPTED,
    "2": Result.REFUSED,  # a parameter is missing
    "3": Result.REFUSED,  # a parameter is wrong
    "5": Result.UNKNOWN,  # an error while the message was being processed
    "6": Result.REFUSED,  # it can't be routed
    "7": Result.REFUSED,  # the number is barred
    "12": Result.REFUSED,  # too long
}


class Vonage:
    """The provider, as the protocol asks for it."""

    name = "vonage"
    label = "Vonage"
    fields: tuple[ConfigurationField, ...] = (
        ConfigurationField("api_key", lazy_gettext("API key"), reader=Reader.WORKER),
        ConfigurationField("api_secret", lazy_gettext("API secret"), Shape.SECRET, Reader.WORKER),
        ConfigurationField("sender", lazy_gettext("Number or sender name"), reader=Reader.WORKER),
        ConfigurationField(
            "signature_secret",
            lazy_gettext("Signature secret"),
            Shape.SECRET,
            Reader.WEB,
            is_required=False,
            help=lazy_gettext("Only where the provider signs its requests; unsigned ones are then refused."),
        ),
        ConfigurationField(
            "signature_method",
            lazy_gettext("Signature method"),
            Shape.CHOICE,
            Reader.WEB,
            is_required=False,
            default="sha256",
            choices=_vonage_signature.METHODS,
        ),
        ConfigurationField(
            "api_base",
            lazy_gettext("Address of the API"),
            Shape.ADDRESS,
            Reader.WORKER,
            is_required=False,
            help=lazy_gettext("Empty for the usual one."),
        ),
        _secret_path.path_secret(),
    )
    capabilities = frozenset({Capability.SENDS, Capability.RECEIPTS, Capability.SECRET_PATH})

    def problems(self, configuration: Configuration) -> Mapping[str, LazyString | str]:
        """What is wrong with the secret in the address, or with the API's address."""
        return _secret_path.problems(configuration, "api_base")

    def receive(self, configuration: Configuration, request: InboundRequest) -> Inbound:
        """A message or a delivery receipt, as JSON, form or query. Raises NotGenuine and Malformed."""
        kind = _secret_path.authenticate(configuration, request)
        values = _values(request)
        secret, method = configuration["signature_secret"], configuration["signature_method"] or "sha256"
        if secret and not _vonage_signature.is_genuine(secret, method, values):
            raise NotGenuine("signature")
        if kind == _secret_path.USSD:
            raise Malformed("no USSD here")
        return _receipt(values) if kind == _secret_path.STATUS else Inbound((_message(values),))

    def send(self, configuration: Configuration, outgoing: Outgoing) -> Outcome:
        """Send one message. The credentials go in the body: a query would leave them in logs."""
        try:
            answer = _http.post_form(f"{_base(configuration)}/sms/json", _form(configuration, outgoing))
        except (_http.NotSent, _http.Doubtful) as failure:
            return _http.outcome_of(failure)
        return _outcome(answer) if answer.is_success else _http.outcome_of_refusal(self.name, answer)

    def check(self, configuration: Configuration) -> str:
        """Ask for the account's balance. Empty when the provider answers and knows us."""
        credentials = (configuration["api_key"], configuration["api_secret"])
        return trouble(lambda: _http.get(f"{_base(configuration)}/account/get-balance", auth=credentials))


def _base(configuration: Configuration) -> str:
    return (configuration["api_base"] or API).rstrip("/")


def _form(configuration: Configuration, outgoing: Outgoing) -> dict[str, str]:
    """What a send takes: numbers without `+`, and `unicode` for letters outside the GSM alphabet."""
    return {
        "api_key": configuration["api_key"],
        "api_secret": configuration["api_secret"],
        "from": configuration["sender"].lstrip("+"),
        "to": outgoing.address.lstrip("+"),
        "text": outgoing.text,
        "type": "unicode" if count_segments(outgoing.text).costly_letters else "text",
        "client-ref": str(outgoing.message_id),
    }


def _values(request: InboundRequest) -> dict[str, str]:
    """All parameters as text, wherever they came. What isn't a plain value in JSON is left out."""
    if not request.headers.get("content-type", "").lower().startswith("application/json"):
        return parameters(request)
    return {
        name: _written(value) for name, value in request.json.items() if isinstance(value, str | int | float)
    }


def _written(value: str | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _message(values: Mapping[str, str]) -> IncomingText:
    """A message from a phone, whose number comes without `+`; a binary one as bytes of an unknown kind."""
    text, raw = _body(values)
    return IncomingText(
        provider_id=identifier(values, "messageId"),
        sender=e164(identifier(values, "msisdn")),
        text=text,
        raw=raw,
        recipient=optional_identifier(values, "to"),
        part=_part(values),
        sent_at=moment(values.get("message-timestamp", "")),
    )


def _body(values: Mapping[str, str]) -> tuple[str, bytes]:
    if values.get("type") == "binary":
        return "", _from_hex(values.get("data", ""))
    if "text" not in values:
        raise Malformed("text")
    return text_or_bytes(values["text"])


def _from_hex(value: str) -> bytes:
    try:
        return bytes.fromhex(value)
    except ValueError:
        return octets(value)


def _part(values: Mapping[str, str]) -> Part | None:
    """Which part of a longer message this is: the provider doesn't join them."""
    if values.get("concat") != "true":
        return concatenation(header_of(values.get("udh", "")))
    number, total = values.get("concat-part", ""), values.get("concat-total", "")
    if not (number.isdecimal() and total.isdecimal() and len(number) <= 3 and len(total) <= 3):
        raise Malformed("parts")
    return part(identifier(values, "concat-ref"), number=int(number), total=int(total))


def _receipt(values: Mapping[str, str]) -> Inbound:
    """A delivery receipt; `unknown` and words to come are acknowledged and left."""
    provider_id, status = identifier(values, "messageId"), values.get("status", "")
    if status not in _STATES:
        return Inbound()
    return Inbound(
        (DeliveryReport(provider_id, _STATES[status], code(f"{status}-{values.get('err-code', '')}")),)
    )


def _outcome(answer: _http.Answer) -> Outcome:
    """What became of a message, of whose parts each has its status. Some taken and others not: nobody can tell."""
    parts = (answer.json or {}).get("messages")
    if not isinstance(parts, list) or not parts or not all(isinstance(found, dict) for found in parts):
        return Outcome(Result.UNKNOWN, failure="vonage-unreadable")
    statuses = {str(found.get("status")) for found in parts}
    if statuses == {"0"}:
        return Outcome(Result.ACCEPTED, provider_id=str(parts[0].get("message-id") or ""))
    return _refusal(statuses)


def _refusal(statuses: set[Any]) -> Outcome:
    failure = f"vonage-{code('-'.join(sorted(statuses - {'0'})))}"
    if len(statuses) > 1:
        return Outcome(Result.UNKNOWN, failure=failure)
    return Outcome(_RESULTS.get(statuses.pop(), Result.LATER), failure=failure)


PROVIDER: Provider = Vonage()
