"""Call a provider's HTTP API so that afterwards one knows: taken, certainly not sent, or nobody can tell.

No environment proxies or netrc, no redirects, answers of bounded size and time. A failure carries a class name
only: requests' own messages hold addresses, and those can hold phone numbers and secrets.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import requests
from requests.auth import HTTPBasicAuth
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError

from app.intake.gateways.protocol import Outcome, Result

TIMEOUT_SECONDS = 10.0
LONGEST_ANSWER = 1_000_000  # bytes: far more than a provider has to say
_LONGEST_RETRY_AFTER = 86_400  # seconds
_READ_AT_ONCE = 16_384
_USER_AGENT = "Seere"
_BEFORE_WRITING = (
    requests.ConnectTimeout,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
)

# What a provider says no to for good: the request itself is wrong, and will be at every attempt. Other 4xx are about
# the account, the address of the API or the pace (401, 402, 403, 404, 429): they can be mended while we wait.
_FOR_GOOD = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.GONE,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)


class NotSent(Exception):
    """The request certainly never reached the provider. `failure` is an error's class name."""

    def __init__(self, failure: str) -> None:
        super().__init__(failure)
        self.failure = failure


class Doubtful(Exception):
    """The request may have reached the provider: its answer was lost. `failure` is an error's class name."""

    def __init__(self, failure: str) -> None:
        super().__init__(failure)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider answered. `json` is None unless the body is a JSON object; `text` is the body, as it came."""

    status: int
    json: dict[str, Any] | None
    text: str
    retry_after_seconds: int | None = None

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return self.status // 100 == 2


def post_json(
    url: str,
    payload: object,
    *,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
    timeout: float = TIMEOUT_SECONDS,
) -> Answer:
    """POST a JSON document. `auth` is a name and password for basic authentication; `timeout` in seconds.

    Raises NotSent and Doubtful.
    """
    return _call(requests.Request("POST", url, json=payload, headers=headers), auth, timeout)


def post_form(
    url: str,
    fields: Mapping[str, str],
    *,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
    timeout: float = TIMEOUT_SECONDS,
) -> Answer:
    """POST a form. Raises NotSent and Doubtful."""
    return _call(requests.Request("POST", url, data=dict(fields), headers=headers), auth, timeout)


def get(
    url: str,
    query: Mapping[str, str] | None = None,
    *,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
    timeout: float = TIMEOUT_SECONDS,
) -> Answer:
    """GET with a query. Raises NotSent and Doubtful."""
    return _call(requests.Request("GET", url, params=query, headers=headers), auth, timeout)


def outcome_of(failure: NotSent | Doubtful) -> Outcome:
    """What an unanswered attempt to send came to: LATER when certainly not sent, else UNKNOWN."""
    result = Result.LATER if isinstance(failure, NotSent) else Result.UNKNOWN
    return Outcome(result, failure=failure.failure)


def outcome_of_refusal(provider: str, answer: Answer) -> Outcome:
    """What an answer that doesn't accept came to: REFUSED, LATER or UNKNOWN, with the failure `provider-status`.

    A 5xx tells nothing (a proxy says 502 or 503 also when it lost an answer), but for a 503 that names a time to come
    back: that is a server declining work (RFC 9110, 15.6.4). Redirects aren't followed, so nothing was taken.
    """
    return Outcome(_result(answer), "", f"{provider}-{answer.status}", answer.retry_after_seconds)


def _result(answer: Answer) -> Result:
    if answer.status in _FOR_GOOD:
        return Result.REFUSED
    is_declined = answer.status == HTTPStatus.SERVICE_UNAVAILABLE and answer.retry_after_seconds is not None
    return Result.LATER if 300 <= answer.status < 500 or is_declined else Result.UNKNOWN


def _call(request: requests.Request, auth: tuple[str, str] | None, timeout: float) -> Answer:
    ends_at = time.monotonic() + timeout
    with requests.Session() as session:
        session.trust_env = False
        prepared = _prepared(session, request, auth)
        try:
            response = session.send(prepared, timeout=timeout, allow_redirects=False, stream=True)
            with response:
                return _answer(response, _body(response, ends_at))
        except (requests.RequestException, HTTPError, OSError) as error:
            raise _classified(error) from None


def _prepared(
    session: requests.Session, request: requests.Request, auth: tuple[str, str] | None
) -> requests.PreparedRequest:
    """The request as it will be written. Whatever is wrong with it here was certainly not sent."""
    if auth:  # bytes, since requests would write text as Latin-1
        request.auth = HTTPBasicAuth(auth[0].encode(), auth[1].encode())
    session.headers["User-Agent"] = _USER_AGENT
    try:
        return session.prepare_request(request)
    except (requests.RequestException, HTTPError, ValueError) as error:
        raise NotSent(type(error).__name__) from None


def _body(response: requests.Response, ends_at: float) -> bytes:
    """The whole body. Raises Doubtful when it is too long or comes too slowly."""
    body = b""
    while found := response.raw.read1(_READ_AT_ONCE, decode_content=True):
        body += found
        if len(body) > LONGEST_ANSWER or time.monotonic() > ends_at:
            raise Doubtful("AnswerTooLong")
    return body


def _answer(response: requests.Response, body: bytes) -> Answer:
    text = body.decode("utf-8", "replace")
    return Answer(response.status_code, _object(text), text, _retry_after(response))


def _object(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _retry_after(response: requests.Response) -> int | None:
    """The seconds of a Retry-After header; its other form, a date, isn't used by these providers."""
    value = response.headers.get("Retry-After", "").strip()
    is_number = value.isascii() and value.isdigit() and len(value) < 10
    return min(int(value), _LONGEST_RETRY_AFTER) if is_number else None


def _classified(error: Exception) -> NotSent | Doubtful:
    """Only what fails before the first byte is written counts as not sent: no connection, or one not trusted."""
    reason = _reason(error)
    name = type(reason).__name__
    if isinstance(error, _BEFORE_WRITING) or isinstance(reason, NewConnectionError):
        return NotSent(name)
    is_untrusted = isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(
        reason
    )
    return NotSent(name) if is_untrusted else Doubtful(name)


def _reason(error: Exception) -> BaseException:
    """What urllib3 met, without requests' wrapping."""
    cause = error.args[0] if error.args else None
    if isinstance(cause, MaxRetryError) and cause.reason is not None:
        return cause.reason
    return cause if isinstance(cause, HTTPError) else error
