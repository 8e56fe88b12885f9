"""The part of Twilio's REST API that sends a text: the worker's real client talks to this instead of to Twilio.

Fields, statuses and error codes: Twilio's "Messages resource" and "Error and Warning Dictionary".
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any

from werkzeug.datastructures import Authorization

from app.clock import utcnow
from app.messaging.segments import count_segments
from app.settings import TwilioSettings
from app.simulator.conversation import LONGEST_TEXT
from app.simulator.numbers import read_number
from app.simulator.telephone import API_VERSION

AUTHENTICATE = 20003
TO_MISSING, FROM_MISSING, BODY_MISSING = 21604, 21603, 21602
TO_INVALID, FROM_INVALID, BODY_TOO_LONG = 21211, 21606, 21617
_SAYS = {
    AUTHENTICATE: "Authenticate",
    TO_MISSING: "A 'To' phone number is required.",
    FROM_MISSING: "A 'From' phone number is required.",
    BODY_MISSING: "Message body is required.",
    TO_INVALID: "The 'To' number is not a valid phone number.",
    FROM_INVALID: "The 'From' number is not one of this account's.",
    BODY_TOO_LONG: "The concatenated message body exceeds the 1600 character limit.",
}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A text that the API accepted; `number` is E.164, `status_url` where its receipts are to go, if anywhere."""

    number: str
    text: str
    status_url: str = ""


def is_account(settings: TwilioSettings, account_sid: str, given: Authorization | None) -> bool:
    """Whether path and basic authentication name this account; always as slow as a full comparison."""
    if not settings.auth_token or given is None:
        return False
    checks = (
        _same(account_sid, settings.account_sid),
        _same(given.username or "", settings.account_sid),
        _same(given.password or "", settings.auth_token),
    )
    return all(checks)


def read_outgoing(settings: TwilioSettings, form: Mapping[str, str]) -> Outgoing | int:
    """The text to send, or the code of what is wrong with the request."""
    to, sender, text = form.get("To", ""), form.get("From", ""), form.get("Body", "")
    if problem := _missing(to, sender, text):
        return problem
    number = read_number(to)
    if number is None:
        return TO_INVALID
    if sender != settings.number:
        return FROM_INVALID
    if len(text) > LONGEST_TEXT:
        return BODY_TOO_LONG
    return Outgoing(number, text, form.get("StatusCallback", ""))


def _missing(to: str, sender: str, text: str) -> int | None:
    wanted = ((to, TO_MISSING), (sender, FROM_MISSING), (text, BODY_MISSING))
    return next((code for value, code in wanted if not value), None)


def accepted(settings: TwilioSettings, message_id: str, outgoing: Outgoing) -> dict[str, Any]:
    """Twilio's answer to a text it took."""
    uri = f"/{API_VERSION}/Accounts/{settings.account_sid}/Messages/{message_id}"
    created = format_datetime(utcnow(), usegmt=False)
    return {
        "sid": message_id,
        "account_sid": settings.account_sid,
        "api_version": API_VERSION,
        "body": outgoing.text,
        "date_created": created,
        "date_updated": created,
        "date_sent": None,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": settings.number,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": str(count_segments(outgoing.text).count),
        "price": None,
        "price_unit": "USD",
        "status": "queued",
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": outgoing.number,
        "uri": f"{uri}.json",
    }


def refusal(code: int) -> tuple[dict[str, Any], HTTPStatus]:
    """Twilio's answer to a request it doesn't take, and its status."""
    status = HTTPStatus.UNAUTHORIZED if code == AUTHENTICATE else HTTPStatus.BAD_REQUEST
    more = f"https://www.twilio.com/docs/errors/{code}"
    return {"code": code, "message": _SAYS[code], "more_info": more, "status": int(status)}, status


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())
