"""E-mail addresses, handles and links to personal pages, also where `@` is written out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workers.anonymise.claims import Claim
from workers.contracts import EntityLabel
from workers.gates import Gate

_PATTERNS: tuple[tuple[str, float, re.Pattern[str]], ...] = (
    ("address", 0.99, re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,4}[^\W\d_]{2,15}")),
    (
        "address",
        0.95,
        re.compile(
            r"(?<![\w.+%-])[\w.+%-]{1,64}\s?@\s?(?:[\w-]{1,63}\s?\.\s?){1,4}(?:com|fr|net|org|ml|info)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "address written out",
        0.9,
        re.compile(
            r"(?<![\w.+%-])[\w.+%-]{1,64}\s?[\[({]?\s?\b(?:at|arobase?|arobas|chez)\b\s?[\])}]?\s?[\w-]{1,63}"
            r"\s?(?:\.|[\[({]?\s?\b(?:dot|point)\b\s?[\])}]?)\s?(?:com|fr|net|org|ml)\b",
            re.IGNORECASE,
        ),
    ),
    ("handle", 0.85, re.compile(r"(?<![\w.@/])@[\w.]{2,30}\w")),
    (
        "profile",
        0.9,
        re.compile(
            r"(?:https?://)?(?:www\.|m\.|web\.)?(?:facebook|fb|instagram|tiktok|twitter|x|t|wa(?!\.me/\+?\d)|telegram|linkedin|youtube)"
            r"\.(?:com|me)/[^\s,;<>\"']{2,200}",
            re.IGNORECASE,
        ),
    ),
)


# A sign, or a word for it, or the end of a personal page's name; most texts have none of them.
# What a word may begin with comes first, so that a search passes over everything else.
_GATE = Gate.on(r"@|\.(?:com|me)/|a(?<=\ba)(?:t|robase?|robas)\b|c(?<=\bc)hez\b")


def find_online(text: str) -> Iterator[Claim]:
    """Claims for addresses, handles and profiles; nothing is searched where no sign of one stands."""
    if not _GATE.is_open(text):
        return
    for detector, confidence, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield Claim(*match.span(), EntityLabel.EMAIL, confidence, (detector,))
