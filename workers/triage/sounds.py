"""What a French word sounds like, so that SMS spelling meets the dictionary's: `prizon`, `blécé`, `vilaj`."""

from __future__ import annotations

import re
from functools import lru_cache

from workers.sound_rules import SoundRules

_ENDING = re.compile(r"(?:aient|ent|ait|ais|ai|ees|ee|er|ez|es|et|e|[stdpxz]+)$")
_ELIDED = re.compile(r"^[ldnjmtsk](?=[aeiouh])")
SOUNDS = SoundRules(
    (
        ("h", r"sch|sh|ch", "C"),
        ("h", r"h", ""),
        ("u", r"eau|au", "o"),
        ("cz", r"sc(?=[eiy])|c(?=[eiy])|z", "s"),
        ("g", r"gu(?=[eiy])", "G"),
        ("g", r"g(?=[eiy])", "j"),
        ("n", r"(?:ai|ei)n(?![aeiouy])", "in"),
        ("ae", r"ai|ei|ay|ey|eu", "e"),
        ("o", r"oi|oy", "wa"),
        ("y", r"y", "i"),
        ("nm", r"[ae][nm](?![aeiouw])", "an"),
        ("mn", r"(?:im|um|un|yn)(?![aeiouw])", "in"),
        ("o", r"om(?![aeiouw])", "on"),
        ("G", r"G", "g"),
        (None, r"(.)\1+", r"\1"),
    )
)
"""How French is spelt in an SMS, from the spelling to the sound."""


@lru_cache(maxsize=20_000)
def sound(key: str) -> str:
    """How a spelling key sounds, its ending kept."""
    return SOUNDS.heard(key)


@lru_cache(maxsize=20_000)
def stem_sound(key: str) -> str:
    """How a spelling key sounds without its ending: one for `frappe`, `frapper`, `frapé`, `frappent`."""
    return sound(_ENDING.sub("", key))


def without_elision(key: str) -> str | None:
    """The word after an article or pronoun that lost its apostrophe: `largent`, `darretter`; None if none is glued."""
    return key[1:] if _ELIDED.match(key) else None
