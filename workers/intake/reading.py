"""What was sealed on arrival, as plain values with readable text. Pure; never raises for what a phone can send."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from ftfy import TextFixerConfig, fix_encoding

from app.intake.gateways.protocol import Consent, MediaReference, Part
from app.public.reading import clean
from app.public.reading import decode as decode_utf8
from workers.intake.decoding import Undecodable, decode

# UTF-8 that was read as Latin-1 is read anew; nothing else of a text is touched.
_ONLY_ENCODING = TextFixerConfig(
    unescape_html=False,
    remove_terminal_escapes=False,
    restore_byte_a0=True,
    replace_lossy_sequences=False,
    decode_inconsistent_utf8=True,
    fix_c1_controls=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    fix_surrogates=False,
    remove_control_chars=False,
    normalization=None,
    explain=False,
)


@dataclass(frozen=True, slots=True)
class Arrived:
    """One arrival, readable. `undecodable` are the bytes of a text that nobody could decode, with their encoding."""

    sender: str
    text: str = ""
    recipient: str = ""
    undecodable: bytes = b""
    encoding: str = ""
    part: Part | None = None
    media: tuple[MediaReference, ...] = ()
    consent: Consent | None = None
    language: str = ""


def read(content: Mapping[str, Any]) -> Arrived:
    """An arrival's sealed content (see app.intake.arrivals) as plain values."""
    raw, encoding = _raw(content), str(content.get("encoding", ""))
    text, undecodable = readable(str(content.get("text", ""))), b""
    if raw and not text.strip():
        try:
            text = readable(decode(raw, encoding))
        except Undecodable:
            undecodable = raw
    return Arrived(
        sender=str(content.get("sender", "")).strip(),
        text=text,
        recipient=str(content.get("recipient", "")),
        undecodable=undecodable,
        encoding=encoding,
        part=_part(content.get("part")),
        media=tuple(MediaReference(str(url), str(kind)) for url, kind in content.get("media") or ()),
        consent=Consent(content["consent"]) if content.get("consent") else None,
        language=str(content.get("language", "")),
    )


# Mojibake is undone only into signs that people write here: French, Bambara, punctuation, N'Ko, Arabic, emoji. The
# library knows more encodings than phones use, and would make a Greek letter of two French ones.
_WRITTEN_HERE = frozenset(
    chain(
        "ŒœŸŠšŽž€₣ƐɛƆɔƝɲŊŋ\ufeff\ufe0f",
        map(chr, range(0xA0, 0x100)),
        map(chr, range(0x2010, 0x2060)),
        map(chr, range(0x0600, 0x0800)),
        map(chr, range(0x2600, 0x27C0)),
        map(chr, range(0x1F000, 0x1FB00)),
    )
)


def readable(text: str) -> str:
    """A text as its writer meant it: bytes kept as surrogates decoded, mojibake undone, no control characters."""
    mended = decode_utf8(_bytes_of(text))
    fixed = fix_encoding(mended, _ONLY_ENCODING)
    return clean(fixed if _WRITTEN_HERE.issuperset(set(fixed) - set(mended)) else mended)


def _bytes_of(text: str) -> bytes:
    """UTF-8, with the bytes that a webhook kept as lone surrogates put back; other lone surrogates as they are."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _raw(content: Mapping[str, Any]) -> bytes:
    try:
        return base64.b64decode(str(content.get("raw", "")), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _part(given: Any) -> Part | None:
    return Part(str(given[0]), int(given[1]), int(given[2])) if given else None
