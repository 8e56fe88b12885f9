"""The user data header of an SMS, of which only concatenation matters here. 3GPP TS 23.040, 9.2.3.24."""

from __future__ import annotations

from app.intake.gateways._fields import octets
from app.intake.gateways.protocol import Part

_REFERENCE_LENGTHS = {0x00: 1, 0x08: 2}  # information elements for concatenation: bytes of their reference


def header_of(value: str) -> bytes:
    """A header given as hex digits or as its bytes; empty when it is neither.

    The first byte counts those after it, which tells the two forms apart.
    """
    came = octets(value)
    return next((form for form in (_from_hex(value), came) if form and form[0] == len(form) - 1), b"")


def concatenation(header: bytes) -> Part | None:
    """Which part of a longer message a header announces; None for whole messages and senseless headers.

    A total or number of zero, or a number above the total, is ignored, as 9.2.3.24.1 says.
    """
    position = 1
    while position + 2 <= len(header):
        kind, length = header[position], header[position + 1]
        data = header[position + 2 : position + 2 + length]
        if kind in _REFERENCE_LENGTHS and len(data) == length == _REFERENCE_LENGTHS[kind] + 2:
            return part(str(int.from_bytes(data[:-2], "big")), number=data[-1], total=data[-2])
        position += 2 + length
    return None


def part(reference: str, *, number: int, total: int) -> Part | None:
    """A part of a longer message, or None when the figures make no sense or there is only one."""
    is_sensible = 1 <= number <= total <= 255 and total > 1
    return Part(reference, number, total) if is_sensible else None


def _from_hex(value: str) -> bytes:
    try:
        return bytes.fromhex(value)
    except ValueError:
        return b""
