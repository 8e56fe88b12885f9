"""How many SMS a text takes. Alphabet and lengths: 3GPP TS 23.038 (GSM 7-bit default alphabet) and TS 23.040."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

GSM_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = "^{}\\[~]|€"  # two places each
LONGEST_QUESTION = 300
_CHEAP = frozenset(GSM_BASIC + GSM_EXTENDED)
_NAMED_LETTER = re.compile(r"LATIN (CAPITAL|SMALL) LETTER ([A-Z]{1,2})( WITH .*)?")


@dataclass(frozen=True, slots=True)
class Segments:
    """How many SMS, and which letters (if any) make them hold 70 signs instead of 160."""

    count: int
    costly_letters: tuple[str, ...] = ()


def count_segments(text: str) -> Segments:
    """What sending a text takes; joined SMS lose room to their header."""
    costly = tuple(dict.fromkeys(letter for letter in text if letter not in GSM_BASIC + GSM_EXTENDED))
    if costly:
        return Segments(_split(len(text.encode("utf-16-be", "replace")) // 2, 70, 67), costly)
    return Segments(_split(sum(2 if letter in GSM_EXTENDED else 1 for letter in text), 160, 153))


def _split(length: int, alone: int, joined: int) -> int:
    return 1 if length <= alone else -(-length // joined)


def transliterate(text: str) -> str:
    """A text in the GSM alphabet, as far as its letters are Latin: what already fits stays (é), the rest is rewritten.

    Other scripts (Arabic, N'Ko) and pictures are left as they are: `count_segments` then still names them.
    """
    composed = unicodedata.normalize("NFC", text)
    return "".join(sign if sign in _CHEAP else _replacement(sign) for sign in composed)


def _replacement(sign: str) -> str:
    """What stands for a sign that the alphabet lacks; the sign itself where nothing does."""
    if sign in _replacements():
        return _replacements()[sign]
    rewritten = "".join(_basic(part) for part in unicodedata.normalize("NFKD", sign))
    return rewritten if _CHEAP.issuperset(rewritten) else sign


def _basic(part: str) -> str:
    """One part of a decomposed sign. Accents go: what the alphabet has with its accent never came here."""
    if part in _CHEAP:
        return part
    if unicodedata.name(part, "").startswith("COMBINING "):
        return ""
    return _replacements().get(part, _named(part))


def _named(sign: str) -> str:
    """The basic letter in the Unicode name of a letter (`D WITH HOOK`), or the sign itself."""
    name = _NAMED_LETTER.fullmatch(unicodedata.name(sign, ""))
    if name is None:
        return sign
    return name[2] if name[1] == "CAPITAL" else name[2].lower()


@cache
def _replacements() -> dict[str, str]:
    data = tomllib.loads(resources.files("app.messaging").joinpath("replacements.toml").read_text("utf-8"))
    return {**data["letters"], **data["signs"]}
