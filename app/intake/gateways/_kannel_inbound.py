"""Read what Kannel, or another HTTP gateway with parameter names of its own, says about messages.

Kannel's user guide names the escape codes that an administrator writes into the address to be called:
`…?from=%p&to=%P&text=%b&id=%I&ts=%T&coding=%c&udh=%u`. `%b` and `%u` are the bytes as they came, `%a` is text.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping

from flask_babel import lazy_gettext

from app.intake.gateways._fields import moment, octets, optional_identifier
from app.intake.gateways._payload import identifier
from app.intake.gateways._senders import e164
from app.intake.gateways._udh import concatenation, header_of
from app.intake.gateways.protocol import (
    Configuration,
    ConfigurationField,
    DeliveryReport,
    Inbound,
    InboundRequest,
    IncomingText,
    Malformed,
    Reader,
    Shape,
)
from app.models import DeliveryState

AS_TEXT, AS_HEX = "text", "hex"
NAMES = {
    "parameter_sender": "from",
    "parameter_text": "text",
    "parameter_id": "id",
    "parameter_time": "ts",
    "parameter_coding": "coding",
    "parameter_udh": "udh",
    "parameter_recipient": "to",
}
_LABELS = {
    "parameter_sender": lazy_gettext("Name of the parameter: sender"),
    "parameter_text": lazy_gettext("Name of the parameter: text"),
    "parameter_id": lazy_gettext("Name of the parameter: message number"),
    "parameter_time": lazy_gettext("Name of the parameter: time"),
    "parameter_coding": lazy_gettext("Name of the parameter: coding"),
    "parameter_udh": lazy_gettext("Name of the parameter: user data header"),
    "parameter_recipient": lazy_gettext("Name of the parameter: number written to"),
}
_ESCAPE_CODES = {  # Kannel's own, for whoever fills the form in
    "parameter_sender": "%p",
    "parameter_text": "%b, %a",
    "parameter_id": "%I",
    "parameter_time": "%T, %t",
    "parameter_coding": "%c, %C",
    "parameter_udh": "%u",
    "parameter_recipient": "%P",
}
FIELDS = (
    *(
        ConfigurationField(
            name,
            _LABELS[name],
            reader=Reader.WEB,
            is_required=False,
            help=_ESCAPE_CODES[name],
            default=NAMES[name],
        )
        for name in NAMES
    ),
    ConfigurationField(
        "body_form",
        lazy_gettext("How texts come"),
        Shape.CHOICE,
        Reader.WEB,
        is_required=False,
        help=lazy_gettext("As text or bytes (Kannel), or as hexadecimal digits."),
        default=AS_TEXT,
        choices=(AS_TEXT, AS_HEX),
    ),
)

# What gateways call the alphabets: Kannel's %c gives a number, its %C a word. "1" is bytes of an unknown kind.
_ENCODINGS = {
    "0": "gsm7",
    "gsm": "gsm7",
    "gsm7": "gsm7",
    "2": "ucs2",
    "ucs2": "ucs2",
    "utf16-be": "ucs2",
    "utf-16be": "ucs2",
    "iso-8859-1": "latin1",
    "latin1": "latin1",
    "windows-1252": "latin1",
}

# Kannel's delivery report values (dlr-mask). Any other one is between these and final by none.
_STATES = {
    1: DeliveryState.DELIVERED,
    2: DeliveryState.UNDELIVERED,
    4: DeliveryState.SENT,  # queued at the network's centre
    8: DeliveryState.SENT,  # accepted by the centre
    16: DeliveryState.FAILED,  # rejected by the centre
}
_TIFINAGH = 0x2D  # the high byte of its letters, whose UCS-2 bytes all look like ASCII
_LINE_SIGNS = "\n\r\t"


def report(values: Mapping[str, str]) -> Inbound:
    """A delivery report at the address we gave with the message: its number is ours. Raises Malformed."""
    try:
        message_id = uuid.UUID(values.get("message_id", ""))
        value = int(values.get("type", ""))
    except ValueError as error:
        raise Malformed("delivery report") from error
    if value not in _STATES:
        return Inbound()
    return Inbound((DeliveryReport(str(message_id), _STATES[value], f"dlr-{value}"),))


def message(configuration: Configuration, values: Mapping[str, str], request: InboundRequest) -> IncomingText:
    """A message from a phone. Raises Malformed without a sender or a text (which may be empty).

    Without a number of the gateway's, sender + time + text + header make it the same message; without a time too,
    the minute in which it arrived stands for it: the same words twice within a minute are then one message.
    """
    given = {name: values.get(configuration[name] or usual, "") for name, usual in NAMES.items()}
    if (configuration["parameter_text"] or NAMES["parameter_text"]) not in values:
        raise Malformed("text")
    text, raw, encoding = _body(
        given["parameter_text"], configuration["body_form"], given["parameter_coding"]
    )
    return IncomingText(
        provider_id=optional_identifier(given, "parameter_id") or _fingerprint(given, request),
        sender=_sender(given),
        text=text,
        recipient=optional_identifier(given, "parameter_recipient"),
        raw=raw,
        encoding=encoding,
        part=concatenation(header_of(given["parameter_udh"])),
        sent_at=moment(given["parameter_time"]),
    )


def _sender(given: Mapping[str, str]) -> str:
    """The sender in E.164; a `+` that the gateway forgot to escape arrived as a space."""
    found = identifier(given, "parameter_sender")
    has_lost_plus = given["parameter_sender"].startswith(" ") and found.isdigit()
    return e164(f"+{found}" if has_lost_plus else found)


def _fingerprint(given: Mapping[str, str], request: InboundRequest) -> str:
    time = given["parameter_time"] or request.received_at.strftime("%Y-%m-%dT%H:%M")
    parts = (given["parameter_sender"], time, given["parameter_text"], given["parameter_udh"])
    return hashlib.sha256(b"\x1f".join(octets(part) for part in parts)).hexdigest()


def _body(value: str, form: str, coding: str) -> tuple[str, bytes, str]:
    """Text, or bytes with their encoding. What was to be hex and isn't is taken as it is: nothing is lost."""
    came = _from_hex(value) if form == AS_HEX else octets(value)
    encoding = _ENCODINGS.get(coding.strip().lower(), "")
    text = _as_text(came, encoding, is_stated=bool(coding.strip()))
    if text is not None:
        return text, b"", ""
    return "", came, _likely(encoding, came, form)


def _from_hex(value: str) -> bytes:
    try:
        return bytes.fromhex(value)
    except ValueError:
        return octets(value)


def _as_text(came: bytes, encoding: str, *, is_stated: bool) -> str | None:
    """The text that UTF-8 bytes spell; None for other bytes, which can be valid UTF-8 by chance.

    Undecoded UCS-2 and GSM-7 betray themselves by control characters (0 before Latin letters, 6 and 7 before Arabic
    and N'Ko, 5 for é), all but UCS-2 Tifinagh, which is told by its high bytes.
    """
    try:
        text = came.decode("utf-8")
    except UnicodeDecodeError:
        return None
    has_control = any(ord(sign) < 0x20 and sign not in _LINE_SIGNS for sign in text)
    is_tifinagh = encoding == "ucs2" and len(came) % 2 == 0 and set(came[::2]) == {_TIFINAGH}
    return None if is_tifinagh or (is_stated and has_control) else text


def _likely(encoding: str, came: bytes, form: str) -> str:
    """The encoding to try: a stated one that can't be true is replaced by Latin-1 (older Kannels) or by unknown."""
    if encoding == "ucs2" and len(came) % 2:
        return ""
    if encoding == "gsm7" and max(came, default=0) > 0x7F:
        return "" if form == AS_HEX else "latin1"
    return encoding
