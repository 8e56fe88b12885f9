"""Twilio's webhooks: recognise and read them.

Parameters: "Twilio's request to your incoming message webhook URL" and "Track outbound message status"; signatures:
"Webhooks security", all in Twilio's documentation.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from app.intake.gateways.protocol import (
    LONGEST_IDENTIFIER,
    Configuration,
    Consent,
    DeliveryReport,
    Event,
    InboundRequest,
    IncomingText,
    Malformed,
    MediaReference,
)
from app.models import Channel, DeliveryState

WHATSAPP = "whatsapp:"
LONGEST_SID = 64  # they are 34 signs long
MOST_MEDIA = 10  # in one message
MOST_FIELDS = 500
_LONGEST_ADDRESS = 2000
_LONGEST_CONTENT_TYPE = 100
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
_STATES = {
    "accepted": DeliveryState.QUEUED,
    "scheduled": DeliveryState.QUEUED,
    "queued": DeliveryState.QUEUED,
    "sending": DeliveryState.SENDING,
    "sent": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.DELIVERED,
    "undelivered": DeliveryState.UNDELIVERED,
    "failed": DeliveryState.FAILED,
}
_CONSENTS = {"STOP": Consent.STOP, "START": Consent.START}


def sign(auth_token: str, url: str, form: Mapping[str, str]) -> str:
    """The signature that Twilio would send with this form to this public address."""
    return str(RequestValidator(auth_token).compute_signature(url, form))


def is_genuine(configuration: Configuration, request: InboundRequest) -> bool:
    """Whether Twilio signed this request to its public address, for the configured account. Never raises."""
    token, signature = configuration["auth_token"], request.headers.get("x-twilio-signature", "")
    if not token or not signature:
        return False
    try:
        signed = _signed_content(request)
        is_signed = signed is not None and RequestValidator(token).validate(request.url, signed, signature)
        return bool(is_signed) and _is_account(configuration, parameters(request))
    except (ValueError, TypeError):  # not UTF-8, not JSON, too many fields, lone surrogates, no address
        return False


def _signed_content(request: InboundRequest) -> MultiDict[str, str] | str | None:
    """What the signature covers beside the address: a form with all its values, or a JSON body by its digest.

    None for what Twilio doesn't send: a JSON body without a digest in the address would not be covered at all.
    """
    content_type = _content_type(request)
    if content_type == _JSON and "bodySHA256" in request.query:
        return request.body.decode("utf-8")
    if content_type == _FORM:
        body = request.body.decode("ascii")
        pairs = parse_qsl(body, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
        return MultiDict(pairs)
    return None


def _content_type(request: InboundRequest) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _is_account(configuration: Configuration, given: Mapping[str, str]) -> bool:
    expected, found = configuration["account_sid"].encode(), given.get("AccountSid", "").encode()
    return bool(expected) and hmac.compare_digest(expected, found)


def parameters(request: InboundRequest) -> Mapping[str, str]:
    """The parameters of a request, of a form or of a JSON object; of several of one name the first.

    Raises Malformed for a JSON body that isn't an object.
    """
    if _content_type(request) != _JSON:
        return request.form
    return {name: _readable(value) for name, value in request.json.items()}


def _readable(value: object) -> str:
    """A JSON value as text; halves of surrogate pairs, which nothing can store, become U+FFFD."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return ""
    return str(value).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def read_message(given: Mapping[str, str]) -> IncomingText:
    """The message in a webhook's parameters. Raises Malformed without an id or a sender."""
    sender = given.get("From", "")
    return IncomingText(
        provider_id=_message_sid(given),
        sender=_identifier(sender.removeprefix(WHATSAPP), LONGEST_IDENTIFIER),
        text=_text(given),
        recipient=given.get("To", "").removeprefix(WHATSAPP)[:LONGEST_IDENTIFIER],
        channel=Channel.WHATSAPP if sender.startswith(WHATSAPP) else Channel.SMS,
        media=_media(given),
        consent=_CONSENTS.get(given.get("OptOutType", "").upper()),
    )


def read_receipt(given: Mapping[str, str]) -> tuple[Event, ...]:
    """The delivery report in a status callback; none for a status that says nothing new. Raises Malformed."""
    provider_id = _message_sid(given)
    status = given.get("MessageStatus") or given.get("SmsStatus") or ""
    state = _STATES.get(status.lower())
    return (DeliveryReport(provider_id, state, _error_code(given)),) if state else ()


def _error_code(given: Mapping[str, str]) -> str:
    code = given.get("ErrorCode", "")
    is_code = code.isascii() and code.isdigit() and len(code) <= 10
    return code if is_code and code.strip("0") else ""


def _message_sid(given: Mapping[str, str]) -> str:
    sid = given.get("MessageSid") or given.get("SmsSid") or ""
    if not sid.isprintable():  # receipts are looked up by it, and no database takes every sign
        raise Malformed("an impossible id")
    return _identifier(sid, LONGEST_SID)


def _identifier(value: str, longest: int) -> str:
    if not value.strip() or len(value) > longest:
        raise Malformed("an id or a sender is missing or too long")
    return value


def _text(given: Mapping[str, str]) -> str:
    """What was written; a WhatsApp location, which has no body, as its name, address and coordinates."""
    place = [given.get("Label", ""), given.get("Address", "")]
    if given.get("Latitude") and given.get("Longitude"):
        place.append(f"{given['Latitude']}, {given['Longitude']}")
    return "\n".join([given.get("Body", ""), *filter(None, place)]) if any(place) else given.get("Body", "")


def _media(given: Mapping[str, str]) -> tuple[MediaReference, ...]:
    count = given.get("NumMedia", "")
    amount = min(int(count), MOST_MEDIA) if count.isascii() and count.isdigit() and len(count) < 5 else 0
    numbers = [number for number in range(amount) if _is_fetchable(given.get(f"MediaUrl{number}", ""))]
    return tuple(
        MediaReference(
            given[f"MediaUrl{number}"],
            given.get(f"MediaContentType{number}", "")[:_LONGEST_CONTENT_TYPE],
        )
        for number in numbers
    )


def _is_fetchable(url: str) -> bool:
    return url.startswith(("https://", "http://")) and len(url) <= _LONGEST_ADDRESS
