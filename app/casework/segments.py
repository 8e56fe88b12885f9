"""How many SMS a text takes. Alphabet and lengths: 3GPP TS 23.038 (GSM 7-bit default alphabet) and TS 23.040."""

from __future__ import annotations

from dataclasses import dataclass

GSM_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = "^{}\\[~]|€"  # two places each
LONGEST_QUESTION = 300


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
