"""httpSMS: an Android phone with a local SIM, by api.httpsms.com or a server of one's own.

Written from its public documentation: https://docs.httpsms.com/webhooks (events, signing),
https://api.httpsms.com/index.html (sending, listing). It calls a webhook twice at most, then never again: what was
lost is fetched by `recent`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
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
from app.intake.gateways._httpsms_events import read, stored_message
from app.intake.gateways._httpsms_reconciliation import NoSuchListing, received_since
from app.intake.gateways._httpsms_token import LEAST_KEY, authenticate, sign
from app.intake.gateways.protocol import (
    Capability,
    Configuration,
    ConfigurationField,
    Inbound,
    InboundRequest,
    IncomingText,
    Malformed,
    Outcome,
    Outgoing,
    Reader,
    Result,
    Shape,
)

__all__ = ["LEAST_KEY", "NAME", "PROVIDER", "HttpSms", "sign"]
NAME = "httpsms"
API = "https://api.httpsms.com"
_E164 = re.compile(r"\+[1-9][0-9]{7,14}")
_FIELDS = (
    ConfigurationField(
        "signing_key",
        lazy_gettext("Signing key"),
        Shape.SECRET,
        Reader.WEB,
        help=lazy_gettext("Make up a long one, and enter it with the webhook in httpSMS too."),
        least=LEAST_KEY,
    ),
    ConfigurationField(
        "api_key",
        lazy_gettext("API key"),
        Shape.SECRET,
        Reader.WORKER,
        help=lazy_gettext("In httpSMS: Settings, API Key."),
    ),
    ConfigurationField(
        "owner",
        lazy_gettext("Number of the SIM"),
        Shape.TEXT,
        Reader.WORKER,
        help=lazy_gettext("As in httpSMS, with the country code: +223…"),
    ),
    ConfigurationField(
        "api_base", lazy_gettext("Address of the API"), Shape.ADDRESS, Reader.WORKER, default=API
    ),
)


class HttpSms:
    """The provider: see `ReconcilingProvider`."""

    name = NAME
    label = "httpSMS (Android)"
    fields = _FIELDS
    capabilities = frozenset({Capability.SENDS, Capability.RECEIPTS, Capability.RECONCILES})

    def problems(self, configuration: Configuration) -> Mapping[str, LazyString | str]:
        """What can't be used: a short key, a number without its country, an address in the clear."""
        found: dict[str, LazyString | str] = {}
        key, owner, base = (configuration[name] for name in ("signing_key", "owner", "api_base"))
        if key and len(key.encode()) < LEAST_KEY:
            found["signing_key"] = lazy_gettext("This key can be guessed: use at least 32 signs.")
        if owner and not _E164.fullmatch(owner):
            found["owner"] = lazy_gettext("Enter the number with its country code, without spaces: +223…")
        if base and not is_protected(base):
            found["api_base"] = lazy_gettext("Use https:// for an address outside the local network.")
        return found

    def receive(self, configuration: Configuration, request: InboundRequest) -> Inbound:
        """Authenticate a webhook and read it. Raises NotGenuine and Malformed; unknown events hold nothing."""
        authenticate(configuration["signing_key"], request)
        return Inbound(read(request.json))

    def send(self, configuration: Configuration, outgoing: Outgoing) -> Outcome:
        """Hand one message over. httpSMS sends a repeated request again, so a doubtful one stays UNKNOWN.

        Our own id, its `request_id`, is the provider id: receipts carry it, also for an attempt whose answer was lost.
        """
        provider_id = str(outgoing.message_id)
        try:
            answer = post_json(
                f"{_base(configuration)}/v1/messages/send",
                _message(configuration, outgoing),
                headers=_headers(configuration),
            )
        except (NotSent, Doubtful) as failure:
            return replace(outcome_of(failure), provider_id=provider_id)
        return replace(_outcome(answer), provider_id=provider_id)

    def check(self, configuration: Configuration) -> str:
        """Ask for the account's phones: the SIM's number must be among them."""
        answers: list[Answer] = []

        def ask() -> Answer:
            answers.append(_get(configuration, "/v1/phones", {"limit": "20"}))
            return answers[-1]

        if problem := trouble(ask):
            return problem
        owners = {phone.get("phone_number") for phone in _listed(answers[-1])}
        return "" if configuration["owner"] in owners else gettext("No phone with this number is connected.")

    def recent(self, configuration: Configuration, since: datetime) -> Iterable[IncomingText]:
        """Messages that httpSMS took from the phone since then, newest first.

        Raises OSError, with a failure's name or status, when it can't be asked; what was yielded before is good.
        """

        def ask(path: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
            return _asked(configuration, path, query)

        return _readable(received_since(ask, configuration["owner"], since))


def _readable(found: Iterable[dict[str, Any]]) -> Iterator[IncomingText]:
    """The messages that can be read: one that can't be mustn't hide the others."""
    for message in found:
        try:
            yield stored_message(message)
        except Malformed:
            continue


def _outcome(answer: Answer) -> Outcome:
    """What an answer came to. A success in other words is UNKNOWN: something else may answer at this address."""
    if answer.is_success and (answer.json or {}).get("status") == "success":
        return Outcome(Result.ACCEPTED)
    return outcome_of_refusal(NAME, answer)


def _asked(configuration: Configuration, path: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
    """The objects that a listing holds. Raises OSError, of which NoSuchListing."""
    try:
        answer = _get(configuration, path, query)
    except (NotSent, Doubtful) as failure:
        raise OSError(failure.failure) from None
    if answer.status in (
        404,
        405,
        422,
    ):  # 422: an older server takes the last part of the path for a message's id
        raise NoSuchListing(f"{NAME}-{answer.status}")
    if not answer.is_success:
        raise OSError(f"{NAME}-{answer.status}")
    return _listed(answer)


def _listed(answer: Answer) -> list[dict[str, Any]]:
    found = (answer.json or {}).get("data")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _get(configuration: Configuration, path: str, query: Mapping[str, str]) -> Answer:
    return get(f"{_base(configuration)}{path}", query, headers=_headers(configuration))


def _base(configuration: Configuration) -> str:
    return (configuration["api_base"] or API).rstrip("/")


def _headers(configuration: Configuration) -> dict[str, str]:
    return {"x-api-key": configuration["api_key"], "Accept": "application/json"}


def _message(configuration: Configuration, outgoing: Outgoing) -> dict[str, str]:
    """The body of a request to send."""
    return {
        "content": outgoing.text,
        "from": configuration["owner"],
        "to": outgoing.address,
        "request_id": str(outgoing.message_id),
    }


PROVIDER = HttpSms()
