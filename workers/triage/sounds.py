"""What a French word sounds like, so that SMS spelling meets the dictionary's: `prizon`, `blécé`, `vilaj`."""

from __future__ import annotations

import re
from functools import lru_cache

_ENDING = re.compile(r"(?:aient|ent|ait|ais|ai|ees|ee|er|ez|es|et|e|[stdpxz]+)$")
_ELIDED = re.compile(r"^[ldnjmtsk](?=[aeiouh])")
_SOUNDS = tuple(
    (re.compile(written), sound)
    for written, sound in (
        (r"sch|sh|ch", "C"),
        (r"h", ""),
        (r"eau|au", "o"),
        (r"sc(?=[eiy])|c(?=[eiy])|z", "s"),
        (r"gu(?=[eiy])", "G"),
        (r"g(?=[eiy])", "j"),
        (r"(?:ai|ei)n(?![aeiouy])", "in"),
        (r"ai|ei|ay|ey|eu", "e"),
        (r"oi|oy", "wa"),
        (r"y", "i"),
        (r"[ae][nm](?![aeiouw])", "an"),
        (r"(?:im|um|un|yn)(?![aeiouw])", "in"),
        (r"om(?![aeiouw])", "on"),
        (r"G", "g"),
        (r"(.)\1+", r"\1"),
    )
)


@lru_cache(maxsize=20_000)
def sound(key: str) -> str:
    """How a spelling key sounds, its ending kept."""
    for written, heard in _SOUNDS:
        key = written.sub(heard, key)
    return key


@lru_cache(maxsize=20_000)
def stem_sound(key: str) -> str:
    """How a spelling key sounds without its ending: one for `frappe`, `frapper`, `frapé`, `frappent`."""
    return sound(_ENDING.sub("", key))


def without_elision(key: str) -> str | None:
    """The word after an article or pronoun that lost its apostrophe: `largent`, `darretter`; None if none is glued."""
    return key[1:] if _ELIDED.match(key) else None
