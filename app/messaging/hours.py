"""Hours of a day as people type and read them, and as contacts keep them: minutes after midnight in Bamako."""

from __future__ import annotations

import re

_CLOCK = re.compile(r"\s*([01]?\d|2[0-3])\s*(?:[:hH.]\s*([0-5]\d)?)?\s*")


def minute_of(typed: str) -> int | None:
    """The minute of the day for `22:30`, `22h30`, `22h` or `22`; None for anything else."""
    found = _CLOCK.fullmatch(typed)
    return int(found[1]) * 60 + int(found[2] or 0) if found and typed.isascii() else None


def clock(minute: int | None) -> str:
    """`22:30` for a minute of the day; the empty string for none."""
    return "" if minute is None else f"{minute // 60:02}:{minute % 60:02}"
