"""Send through Kannel's `sendsms`, or through another HTTP gateway by a template of its parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from flask_babel import lazy_gettext

from app.intake.gateways import _http
from app.intake.gateways.protocol import (
    Configuration,
    ConfigurationField,
    Outcome,
    Outgoing,
    Reader,
    Result,
    Shape,
)
from app.messaging.segments import count_segments

GET, POST = "GET", "POST"
KANNEL_TEMPLATE = (
    "username={username}&password={password}&from={sender}&to={to}&text={text}"
    "&coding={coding}&charset={charset}&dlr-mask={receipt_mask}&dlr-url={receipt_url}"
)
ALL_RECEIPTS = "31"  # delivered, undelivered, queued, accepted and rejected: the sum of Kannel's five bits
PLACEHOLDERS = frozenset(
    {
        "username",
        "password",
        "sender",
        "to",
        "to_digits",
        "text",
        "coding",
        "charset",
        "receipt_mask",
        "receipt_url",
        "message_id",
    }
)
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

# What Kannel's smsbox says with a 403 and a 503, where the status alone says too little.
_NEVER, _NOT_NOW = "Not routable", "Temporal failure"

FIELDS = (
    ConfigurationField(
        "send_url",
        lazy_gettext("Address that sends"),
        Shape.ADDRESS,
        Reader.WORKER,
        help=lazy_gettext("For Kannel it ends in /cgi-bin/sendsms."),
    ),
    ConfigurationField(
        "send_method",
        lazy_gettext("Method"),
        Shape.CHOICE,
        Reader.WORKER,
        is_required=False,
        help=lazy_gettext("Kannel takes GET."),
        default=GET,
        choices=(GET, POST),
    ),
    ConfigurationField("username", lazy_gettext("User name"), reader=Reader.WORKER, is_required=False),
    ConfigurationField("password", lazy_gettext("Password"), Shape.SECRET, Reader.WORKER, is_required=False),
    ConfigurationField(
        "sender", lazy_gettext("Short code or sender name"), reader=Reader.WORKER, is_required=False
    ),
    ConfigurationField(
        "send_template",
        lazy_gettext("Parameters for sending"),
        reader=Reader.BOTH,
        is_required=False,
        help=lazy_gettext("As in an address; values in braces are filled in, and left out when empty."),
        default=KANNEL_TEMPLATE,
    ),
    ConfigurationField(
        "accepted_text",
        lazy_gettext("What an accepting answer begins with"),
        reader=Reader.WORKER,
        is_required=False,
        help=lazy_gettext("Only for gateways that answer with 200 to everything."),
    ),
)


def is_usable(template: str) -> bool:
    """Whether a template names the recipient and the text, and nothing that is unknown."""
    named = set(_PLACEHOLDER.findall(template or KANNEL_TEMPLATE))
    return named <= PLACEHOLDERS and "text" in named and bool({"to", "to_digits"} & named)


def send(configuration: Configuration, outgoing: Outgoing) -> Outcome:
    """Send one message. Kannel gives no number back, so ours is the provider's: receipts come with it."""
    parameters = _parameters(configuration["send_template"], _values(configuration, outgoing))
    try:
        answer = _call(configuration, parameters)
    except (_http.NotSent, _http.Doubtful) as failure:
        return _http.outcome_of(failure)
    return _outcome(configuration["accepted_text"], answer, outgoing)


def receipt_url(configuration: Configuration, outgoing: Outgoing) -> str:
    """Where Kannel reports about this message; empty without an address of ours or its secret.

    The secret is added where the address given lacks it. Nothing in it may be escaped but `%d`, Kannel's place for
    the kind of report: it would take other escapes for codes of its own.
    """
    address, secret = outgoing.status_url.rstrip("/"), configuration["path_secret"]
    if not address or not secret:
        return ""
    complete = address if address.endswith(f"/{secret}") else f"{address}/{secret}"
    return f"{complete}?message_id={outgoing.message_id}&type=%d"


def _values(configuration: Configuration, outgoing: Outgoing) -> dict[str, str]:
    """What a template's placeholders stand for. `coding` 2 is UCS-2; the text is UTF-8 either way."""
    receipts = receipt_url(configuration, outgoing)
    return {
        "username": configuration["username"],
        "password": configuration["password"],
        "sender": configuration["sender"],
        "to": outgoing.address,
        "to_digits": outgoing.address.lstrip("+"),
        "text": outgoing.text,
        "coding": "2" if count_segments(outgoing.text).costly_letters else "0",
        "charset": "UTF-8",
        "receipt_mask": ALL_RECEIPTS if receipts else "",
        "receipt_url": receipts,
        "message_id": str(outgoing.message_id),
    }


def _parameters(template: str, values: Mapping[str, str]) -> dict[str, str]:
    pairs = parse_qsl(template or KANNEL_TEMPLATE, keep_blank_values=True)
    filled = {name: _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), value) for name, value in pairs}
    return {name: value for name, value in filled.items() if value}


def _call(configuration: Configuration, parameters: Mapping[str, str]) -> _http.Answer:
    if configuration["send_method"] == POST:
        return _http.post_form(configuration["send_url"], parameters)
    return _http.get(configuration["send_url"], parameters)


def _outcome(accepted_text: str, answer: _http.Answer, outgoing: Outgoing) -> Outcome:
    if answer.is_success and answer.text.startswith(accepted_text):
        return Outcome(Result.ACCEPTED, provider_id=str(outgoing.message_id))
    failure = f"kannel-{answer.status}"
    if answer.is_success:
        return Outcome(Result.UNKNOWN, failure=failure)
    if answer.text.startswith(_NEVER):
        return Outcome(Result.REFUSED, failure=failure)
    if answer.text.startswith(_NOT_NOW):
        return Outcome(Result.LATER, failure=failure, retry_after_seconds=answer.retry_after_seconds)
    return _http.outcome_of_refusal("kannel", answer)
