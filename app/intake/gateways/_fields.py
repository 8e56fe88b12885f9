"""Read the values of a form or query: bytes that aren't UTF-8 are kept. What is in JSON is read by `_payload`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

from app.intake.gateways import _payload
from app.intake.gateways._payload import identifier
from app.intake.gateways.protocol import InboundRequest, Malformed

MOST_FIELDS = 500
LONGEST_CODE = 40  # as DeliveryReport.code says
_LONGEST_EPOCH = 11  # digits of a moment in seconds: until the year 5138


def parameters(request: InboundRequest) -> dict[str, str]:
    """The values of the query and of a form body, the body's first; other bytes than UTF-8 as lone surrogates.

    The query is read from the address first, since `request.query` can have lost such bytes. Raises Malformed for
    more than MOST_FIELDS values.
    """
    try:
        return dict(request.query) | _query(request.url) | request.form
    except ValueError as error:
        raise Malformed("fields") from error


def _query(url: str) -> dict[str, str]:
    pairs = parse_qsl(
        urlsplit(url).query,
        keep_blank_values=True,
        encoding="utf-8",
        errors="surrogateescape",
        max_num_fields=MOST_FIELDS,
    )
    return dict(reversed(pairs))  # the first of several values of one name


def octets(value: str) -> bytes:
    """The bytes a value came as."""
    try:
        return value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a pair, which JSON can spell
        return value.encode("utf-8", "surrogatepass")


def text_or_bytes(value: str) -> tuple[str, bytes]:
    """A text and no bytes; or, where the value isn't UTF-8, an empty text and the bytes."""
    came = octets(value)
    try:
        return came.decode("utf-8"), b""
    except UnicodeDecodeError:
        return "", came


def optional_identifier(values: Mapping[str, str], name: str) -> str:
    """A value that may be missing or empty. Raises Malformed as `_payload.identifier` does."""
    return identifier(values, name) if values.get(name, "").strip() else ""


def code(value: str) -> str:
    """A provider's own word for a state or failure, as it may be kept: ASCII letters, digits and `-_.` of it."""
    return "".join(sign for sign in value if sign.isascii() and (sign.isalnum() or sign in "-_."))[
        :LONGEST_CODE
    ]


def moment(value: str) -> datetime | None:
    """A moment in seconds since 1970, or in ISO 8601 with a `T` or a space (in UTC without a zone); else None."""
    if value.isascii() and value.isdigit() and len(value) <= _LONGEST_EPOCH:
        return datetime.fromtimestamp(int(value), UTC)
    return _payload.moment(value.strip())
