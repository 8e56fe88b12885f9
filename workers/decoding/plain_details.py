"""Names and values of metadata as plain strings of bounded length."""

from __future__ import annotations

import re
from collections.abc import Iterable

from workers.decoding.findings import LONGEST_DETAIL, LONGEST_DETAIL_NAME, MOST_DETAILS

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_LONGEST_BINARY = 64  # bytes; longer ones (maker notes, thumbnails) are counted, not told


def bounded(found: Iterable[tuple[object, object]]) -> dict[str, str]:
    """At most so many names and values of at most so many characters, without signs that can't be printed."""
    details: dict[str, str] = {}
    for name, value in found:
        text = _clean(_as_text(value))[:LONGEST_DETAIL].strip()
        if text and len(details) < MOST_DETAILS:
            details[_clean(str(name))[:LONGEST_DETAIL_NAME]] = text
    return details


def _clean(text: str) -> str:
    return _UNPRINTABLE.sub("", text)


def _as_text(value: object) -> str:
    """A value in words; long binary values only by their length."""
    if isinstance(value, bytes):
        is_short = len(value) <= _LONGEST_BINARY
        return value.decode("utf-8", "replace") if is_short else f"({len(value)} bytes)"
    return str(value)
