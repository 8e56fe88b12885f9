"""Bytes from a network into text: UTF-8, UCS-2, GSM-7 (packed or not), Latin-1, and guesses where nobody says which.

Alphabets and packing: 3GPP TS 23.038. Pure.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
from collections.abc import Callable, Iterator

from app.messaging.segments import GSM_BASIC
from app.public.reading import decode as decode_utf8

_ESCAPE = 0x1B
_ALPHABET = GSM_BASIC[:_ESCAPE] + "\N{SYMBOL FOR ESCAPE}" + GSM_BASIC[_ESCAPE:]
_EXTENSION = dict(zip(b"\x0a\x14\x28\x29\x2f\x3c\x3d\x3e\x40\x65", "\f^{}\\[~]|€", strict=True))
_PLAUSIBLE = 0.8  # share of signs that people in Mali write; less is a wrong guess

# Blocks that texts from Mali are written in: Latin with the letters of its languages, Arabic, N'Ko, Tifinagh,
# punctuation, symbols and emoji. Only for guessing: what is said to be UCS-2 may hold any script.
_BLOCKS = (
    (0x20, 0x7E), (0xA0, 0x24F), (0x250, 0x2AF), (0x300, 0x36F), (0x600, 0x6FF), (0x750, 0x77F), (0x7C0, 0x7FF),
    (0x1E00, 0x1EFF), (0x2000, 0x206F), (0x20A0, 0x20CF), (0x2100, 0x27BF), (0x2D30, 0x2D7F), (0xFB50, 0xFDFF),
    (0xFE0F, 0xFE0F), (0xFE70, 0xFEFE), (0x1F000, 0x1FAFF),
)  # fmt: skip


class Undecodable(ValueError):
    """Bytes of which nothing readable comes, or in a form that isn't known here."""


def decode(raw: bytes, encoding: str) -> str:
    """The text of bytes in `ucs2`, `gsm7`, `latin1`, `utf-8`, `base64`, or (empty) unknown. Raises Undecodable."""
    decoder = _DECODERS.get(encoding)
    if decoder is None:
        raise Undecodable(encoding[:20])
    return decoder(raw)


def _ucs2(raw: bytes) -> str:
    """Big-endian as networks send it, unless a mark or the signs say that the bytes are swapped."""
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return _utf16(raw[2:], "little" if raw[:2] == b"\xff\xfe" else "big")
    return max((_utf16(raw, "big"), _utf16(raw, "little")), key=plausibility)


def _utf16(raw: bytes, order: str) -> str:
    """Lone surrogates and a byte too many become U+FFFD."""
    return raw.decode("utf-16-be" if order == "big" else "utf-16-le", "replace")


def _gsm7(raw: bytes) -> str:
    """One sign a byte, or eight in seven bytes; a byte over 127 can only be packed."""
    if max(raw, default=0) > 0x7F:
        return _spell(_unpack(raw))
    return max((_spell(raw), _spell(_unpack(raw))), key=plausibility)


def _unpack(raw: bytes) -> bytes:
    bits = int.from_bytes(raw, "little")
    septets = bytes((bits >> (7 * at)) & 0x7F for at in range(len(raw) * 8 // 7))
    has_filling = len(raw) % 7 == 0 and septets[-1:] in {b"\x00", b"\r"}  # seven bits that hold nothing
    return septets[:-1] if has_filling else septets


def _spell(septets: bytes) -> str:
    return "".join(_signs(iter(septets)))


def _signs(septets: Iterator[int]) -> Iterator[str]:
    for septet in septets:
        if septet != _ESCAPE:
            yield _ALPHABET[septet]
            continue
        following = next(septets, None)
        if following is not None:
            yield _EXTENSION.get(
                following, _ALPHABET[following]
            )  # TS 23.038: show the basic sign of an unknown one


def _utf8(raw: bytes) -> str:
    return decode_utf8(raw)


def _base64(raw: bytes) -> str:
    """Base64 of anything, or the bytes themselves where the gateway took it off already."""
    try:
        return _guess(base64.b64decode(raw, validate=True))
    except (binascii.Error, Undecodable):
        return _guess(raw)


def _guess(raw: bytes) -> str:
    """The reading that looks most like what people write; the first of equals. Raises Undecodable for none."""
    best = max(_readings(raw), key=plausibility, default="")
    if raw and plausibility(best) < _PLAUSIBLE:
        raise Undecodable("no plausible reading")
    return best


def _readings(raw: bytes) -> Iterator[str]:
    with contextlib.suppress(UnicodeDecodeError):
        yield raw.decode("utf-8")
    if len(raw) % 2 == 0:
        yield _ucs2(raw)
    yield _gsm7(raw)
    yield _utf8(raw)  # bytes that aren't UTF-8 read as Windows-1252


def plausibility(text: str) -> float:
    """The share of signs (0 to 1) that belong to a script of this country, or that every phone can type."""
    if not text:
        return 0.0
    return sum(sign in GSM_BASIC or _is_of_a_block(ord(sign)) for sign in text) / len(text)


def _is_of_a_block(point: int) -> bool:
    return any(first <= point <= last for first, last in _BLOCKS)


_DECODERS: dict[str, Callable[[bytes], str]] = {
    "ucs2": _ucs2,
    "gsm7": _gsm7,
    "latin1": _utf8,
    "utf-8": _utf8,
    "base64": _base64,
    "": _guess,
}
