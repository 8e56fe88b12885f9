"""Africa's Talking: SMS both ways, delivery reports, opt-outs, and USSD sessions.

Its requests are form posts without a signature, so the address holds a secret. Its documentation names no
idempotency key for sending; a send whose answer is lost is therefore unknown, never repeated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from app.intake.gateways import _http, _secret_path
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
from app.intake.gateways.protocol import (
    Capability,
    Configuration,
    ConfigurationField,
    Consent,
    DeliveryReport,
    HttpAnswer,
    Inbound,
    InboundRequest,
    IncomingText,
    Malformed,
    Outcome,
    Outgoing,
    Reader,
    Result,
    Shape,
    UssdProvider,
    UssdStep,
)
from app.models import DeliveryState

LIVE = "https://api.africastalking.com"
SANDBOX = "https://api.sandbox.africastalking.com"
SANDBOX_USERNAME = "sandbox"

# The statuses of delivery reports. Any other word says nothing that we could act on.
_STATES = {
    "Sent": DeliveryState.SENT,
    "Submitted": DeliveryState.SENT,
    "Buffered": DeliveryState.SENT,
    "Success": DeliveryState.DELIVERED,
    "Failed": DeliveryState.UNDELIVERED,
    "AbsentSubscriber": DeliveryState.UNDELIVERED,
    "Expired": DeliveryState.UNDELIVERED,
    "Rejected": DeliveryState.FAILED,
}

# The status codes of a recipient in the answer to a send. Absent ones: nobody can tell. That goes for 401 too, a
# message held for a check of risks, which may still be let through.
_RESULTS = {
    100: Result.ACCEPTED,  # processed
    101: Result.ACCEPTED,  # sent
    102: Result.ACCEPTED,  # queued
    402: Result.LATER,  # invalid sender id: ours to mend, and another gateway may serve
    403: Result.REFUSED,  # invalid phone number
    404: Result.REFUSED,  # unsupported type of number
    405: Result.LATER,  # insufficient balance
    406: Result.OPTED_OUT,  # the person is on the blacklist by their own wish
    407: Result.REFUSED,  # could not be routed
    409: Result.REFUSED,  # do-not-disturb list of the network
    500: Result.LATER,  # these three say that it was not handed on
    501: Result.LATER,
    502: Result.LATER,
}


class AfricasTalking:
    """The provider, as the protocol asks for it."""

    name = "africastalking"
    label = "Africa's Talking"
    fields: tuple[ConfigurationField, ...] = (
        ConfigurationField("username", lazy_gettext("User name"), reader=Reader.WORKER),
        ConfigurationField("api_key", lazy_gettext("API key"), Shape.SECRET, Reader.WORKER),
        ConfigurationField(
            "sender", lazy_gettext("Short code or sender name"), reader=Reader.WORKER, is_required=False
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
    capabilities = frozenset({Capability.SENDS, Capability.RECEIPTS, Capability.USSD, Capability.SECRET_PATH})

    def problems(self, configuration: Configuration) -> Mapping[str, LazyString | str]:
        """What is wrong with the secret in the address, or with the API's address."""
        return _secret_path.problems(configuration, "api_base")

    def receive(self, configuration: Configuration, request: InboundRequest) -> Inbound:
        """A message, a delivery report, an opt-out or a step of a USSD session. Raises NotGenuine and Malformed."""
        kind = _secret_path.authenticate(configuration, request)
        values = parameters(request)
        if kind == _secret_path.USSD:
            return _ussd(values)
        if _is_opt_out(values):
            return Inbound((_opt_out(values, request),))
        return _report(values) if kind == _secret_path.STATUS else Inbound((_message(values),))

    def send(self, configuration: Configuration, outgoing: Outgoing) -> Outcome:
        """Send one message. Delivery reports go to the address registered with the provider, not to one given here."""
        form = {"username": configuration["username"], "to": outgoing.address, "message": outgoing.text}
        if configuration["sender"]:
            form["from"] = configuration["sender"]
        url = f"{_base(configuration)}/version1/messaging"
        try:
            answer = _http.post_form(url, form, headers=_headers(configuration))
        except (_http.NotSent, _http.Doubtful) as failure:
            return _http.outcome_of(failure)
        return _outcome(answer) if answer.is_success else _http.outcome_of_refusal(self.name, answer)

    def check(self, configuration: Configuration) -> str:
        """Ask for the account's data, which needs a valid key. Empty when all is well."""
        url, query = f"{_base(configuration)}/version1/user", {"username": configuration["username"]}
        return trouble(lambda: _http.get(url, query, headers=_headers(configuration)))

    def ussd_answer(self, text: str, *, ends: bool) -> HttpAnswer:
        """The next screen; with `ends` the last one of the session."""
        return HttpAnswer(f"{'END' if ends else 'CON'} {text}")


def _base(configuration: Configuration) -> str:
    usual = SANDBOX if configuration["username"] == SANDBOX_USERNAME else LIVE
    return (configuration["api_base"] or usual).rstrip("/")


def _headers(configuration: Configuration) -> dict[str, str]:
    return {"apiKey": configuration["api_key"], "Accept": "application/json"}


def _message(values: Mapping[str, str]) -> IncomingText:
    """A message from a phone. Its date has come as ISO 8601 with a zone, and as `YYYY-MM-DD HH:MM:SS` without."""
    if "text" not in values:
        raise Malformed("text")
    text, raw = text_or_bytes(values["text"])
    return IncomingText(
        provider_id=identifier(values, "id"),
        sender=e164(identifier(values, "from")),
        text=text,
        raw=raw,
        recipient=optional_identifier(values, "to"),
        sent_at=moment(values.get("date", "")),
    )


def _is_opt_out(values: Mapping[str, str]) -> bool:
    """An opt-out has the person's number and the sender's name, and neither an id nor a text."""
    return "phoneNumber" in values and "senderId" in values and not {"id", "text"} & values.keys()


def _opt_out(values: Mapping[str, str], request: InboundRequest) -> IncomingText:
    """A STOP without words. It has no id of its own: the same one within a minute is one, a later one another."""
    phone, sender_id = e164(identifier(values, "phoneNumber")), optional_identifier(values, "senderId")
    minute = request.received_at.strftime("%Y-%m-%dT%H:%M")
    digest = hashlib.sha256("\n".join((phone, sender_id, minute)).encode()).hexdigest()
    return IncomingText(f"optout-{digest}", phone, recipient=sender_id, consent=Consent.STOP)


def _report(values: Mapping[str, str]) -> Inbound:
    """A delivery report; a status that isn't known is acknowledged and left."""
    provider_id, status = identifier(values, "id"), values.get("status", "")
    if status not in _STATES:
        return Inbound()
    return Inbound(
        (DeliveryReport(provider_id, _STATES[status], code(values.get("failureReason") or status)),)
    )


def _ussd(values: Mapping[str, str]) -> Inbound:
    """A step of a session. The notice of its end, which is sent to the same address, tells nothing more.

    The provider joins all inputs by `*`, also those that hold a `*` themselves; nothing in the request tells them
    apart. Who knows how many questions were asked joins the last inputs again. Empty inputs are kept in place.
    """
    session_id, caller = identifier(values, "sessionId"), e164(identifier(values, "phoneNumber"))
    if "durationInMillis" in values or "hopsCount" in values:
        return Inbound()
    typed = octets(values.get("text", "")).decode("utf-8", "replace")
    return Inbound((UssdStep(session_id, caller, tuple(typed.split("*")) if typed else ()),))


def _outcome(answer: _http.Answer) -> Outcome:
    """What became of the only recipient. Without one nothing was sent: the sender's name isn't accepted."""
    data = (answer.json or {}).get("SMSMessageData")
    recipients = data.get("Recipients") if isinstance(data, dict) else None
    if not isinstance(recipients, list):
        return Outcome(Result.UNKNOWN, failure="africastalking-unreadable")
    if not recipients:
        return Outcome(Result.LATER, failure="africastalking-no-recipient")
    return _outcome_of_recipient(recipients[0])


def _outcome_of_recipient(recipient: Any) -> Outcome:
    status = recipient.get("statusCode") if isinstance(recipient, dict) else None
    result = _RESULTS.get(status, Result.UNKNOWN) if isinstance(status, int) else Result.UNKNOWN
    if result is not Result.ACCEPTED:
        return Outcome(result, failure=f"africastalking-{code(str(status))}")
    return Outcome(result, provider_id=str(recipient.get("messageId") or ""))


PROVIDER: UssdProvider = AfricasTalking()
