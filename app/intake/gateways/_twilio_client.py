"""Call Twilio's REST API by its own client: send a message, and ask whether it knows us.

What an answer means for a message: "Messages resource" and "Error and Warning Dictionary" in Twilio's documentation;
20500 there says that a 500 may have been sent all the same.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import requests
from twilio.base.exceptions import TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response as TwilioResponse
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from app.intake.gateways._twilio_addresses import API, is_stand_in
from app.intake.gateways._twilio_facts import facts
from app.intake.gateways._twilio_webhooks import LONGEST_SID, WHATSAPP
from app.intake.gateways.protocol import Configuration, Outcome, Outgoing, Result
from app.models import Channel

TIMEOUT_SECONDS = 10.0  # to connect, and between two bytes of the answer
LONGEST_RETRY_AFTER = 86_400  # seconds
MOST_SECONDS = 36_000  # of a validity period
SERVICE = "MG"  # how the id of a messaging service begins

_SILENT = logging.Logger("twilio-client", logging.CRITICAL + 1)  # theirs writes addresses and headers
_ENVIRONMENT = {"TWILIO_REGION": ""}  # only what is configured counts, not TWILIO_… of the process
_CAN_BE_MENDED = frozenset(
    {401, 402, 403, 404, 408, 429}
)  # the account, its credit or the pace; nothing was taken
_NEVER_WRITTEN = (NewConnectionError, ConnectTimeoutError, ssl.SSLCertVerificationError)
_UNUSABLE = (
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    UnicodeEncodeError,
)


class _RedirectedHttpClient(TwilioHttpClient):
    """Sends Twilio's requests to the configured base address, and keeps when the last answer said to come back."""

    def __init__(self, base: str, timeout: float) -> None:
        super().__init__(timeout=timeout, logger=_SILENT)
        self.base = base.rstrip("/") or API
        self.retry_after_seconds: int | None = None
        self.session: requests.Session
        self.session.trust_env = not is_stand_in(self.base)

    def request(  # type: ignore[override] # the arguments after the address are handed on as they come
        self, method: str, url: str, *args: Any, **kwargs: Any
    ) -> TwilioResponse:
        """The same request, at the configured address."""
        if not url.startswith(API + "/"):
            raise requests.exceptions.InvalidURL("not the API")
        response = super().request(method, self.base + url.removeprefix(API), *args, **kwargs)
        self.retry_after_seconds = _retry_after(response)
        return response


def _retry_after(response: TwilioResponse) -> int | None:
    value = str((response.headers or {}).get("Retry-After", "")).strip()
    is_number = value.isascii() and value.isdigit() and len(value) < 10
    return min(int(value), LONGEST_RETRY_AFTER) if is_number else None


@contextmanager
def _connected(configuration: Configuration) -> Iterator[tuple[Client, _RedirectedHttpClient]]:
    """A client with a connection of its own: one kept from before may have been closed meanwhile, and then nobody
    could tell whether the provider had read what was written into it.
    """
    http = _RedirectedHttpClient(configuration["api_base"], TIMEOUT_SECONDS)
    with http.session:
        account, token = configuration["account_sid"], configuration["auth_token"]
        yield Client(account, token, http_client=http, environment=_ENVIRONMENT), http


def send(configuration: Configuration, outgoing: Outgoing) -> Outcome:
    """Send one message. Never raises."""
    if problem := _problem(configuration, outgoing):
        return problem
    with _connected(configuration) as (client, http):
        try:
            message = client.messages.create(**_message(configuration["number"], outgoing))
        except (TwilioRestException, TwilioServiceException) as error:
            return _refusal(error, http.retry_after_seconds)
        except Exception as error:  # noqa: BLE001 - whatever it is, the worker must know what to do next
            return _failure(error)
    return _acceptance(message.sid)


def _problem(configuration: Configuration, outgoing: Outgoing) -> Outcome | None:
    """What keeps a message from being sent at all: nothing to sign in with, or a sender of the other channel."""
    if not all(configuration[name] for name in ("account_sid", "auth_token", "number")):
        return Outcome(Result.LATER, failure="twilio-unconfigured")
    if configuration["number"].startswith(WHATSAPP) and outgoing.channel is not Channel.WHATSAPP:
        return Outcome(Result.REFUSED, failure="twilio-channel")
    return None


def _message(number: str, outgoing: Outgoing) -> dict[str, Any]:
    prefix = WHATSAPP if outgoing.channel is Channel.WHATSAPP else ""
    given: dict[str, Any] = {
        "to": prefix + outgoing.address.removeprefix(WHATSAPP),
        "body": outgoing.text,
    }
    if number.startswith(SERVICE):
        given["messaging_service_sid"] = number
    else:
        given["from_"] = prefix + number.removeprefix(WHATSAPP)
    seconds = outgoing.seconds_left(1, MOST_SECONDS)
    also = {"status_callback": outgoing.status_url, "validity_period": seconds}
    return given | {name: value for name, value in also.items() if value}


def _acceptance(sid: object) -> Outcome:
    if isinstance(sid, str) and 0 < len(sid) <= LONGEST_SID:
        return Outcome(Result.ACCEPTED, provider_id=sid)
    return Outcome(Result.UNKNOWN, failure="twilio-unidentified")


def _refusal(error: TwilioRestException | TwilioServiceException, retry_after: int | None) -> Outcome:
    code = _code(error)
    is_declined = error.status == HTTPStatus.SERVICE_UNAVAILABLE and retry_after is not None
    result = Result.LATER if is_declined else _result(error.status, code)
    return Outcome(result, failure=f"twilio-{code}", retry_after_seconds=retry_after)


def _result(status: int, code: int) -> Result:
    """What a refusal means. A 5xx tells nothing unless Twilio's own code does: a proxy answers so as well."""
    if code in facts().opted_out:
        return Result.OPTED_OUT
    if code in facts().later or status in _CAN_BE_MENDED:
        return Result.LATER
    return Result.UNKNOWN if status >= HTTPStatus.INTERNAL_SERVER_ERROR else Result.REFUSED


def _code(error: TwilioRestException | TwilioServiceException) -> int:
    """Twilio's code, or the status where the answer has none."""
    return error.code if isinstance(error.code, int) and error.code > 0 else error.status


def _failure(error: Exception) -> Outcome:
    """LATER when nothing can have reached Twilio, else UNKNOWN."""
    is_unwritten = isinstance(error, (*_UNUSABLE, requests.exceptions.ProxyError)) or any(
        isinstance(cause, _NEVER_WRITTEN) for cause in _causes(error)
    )
    return Outcome(Result.LATER if is_unwritten else Result.UNKNOWN, failure=type(error).__name__)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what it was made of: requests and urllib3 wrap in arguments and in `reason`."""
    seen: list[BaseException] = [error]
    for found in seen:
        inside = (*found.args, getattr(found, "reason", None), found.__cause__, found.__context__)
        seen += [cause for cause in inside if isinstance(cause, BaseException) and cause not in seen]
        yield found


def check(configuration: Configuration) -> str:
    """Ask for the account: empty when it is active, else `twilio-` with a code or the account's state, or an error's
    class name. Never raises.
    """
    account, token = configuration["account_sid"], configuration["auth_token"]
    if not account or not token:
        return "twilio-unconfigured"
    with _connected(configuration) as (client, _):
        try:
            status = str(client.api.v2010.accounts(account).fetch().status)
        except (TwilioRestException, TwilioServiceException) as error:
            return f"twilio-{_code(error)}"
        except Exception as error:  # noqa: BLE001 - shown to an administrator by its name
            return type(error).__name__
    return "" if status == "active" else f"twilio-{status}"[:40]
