"""Putting a message together from its pieces, whatever the order and however often they came. Pure.

Pieces are parts that a network cut (they share a reference) and texts that a person cut by hand ("1/3", "suite").
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from app.messaging.dialogue import cutting_words, thresholds

GAP = " […] "  # where a part never came


@dataclass(frozen=True, slots=True)
class Piece:
    """One arrival of a message: its text, when it came, and which part it is if the network said so."""

    text: str
    received_at: datetime
    reference: bytes | None = None
    number: int = 1
    total: int = 1


@dataclass(frozen=True, slots=True)
class Marker:
    """A figure such as "2/3" at the beginning or end of a text, and the text without it."""

    number: int
    total: int
    rest: str


def assemble(pieces: Iterable[Piece]) -> str:
    """The whole text: parts in order with gaps marked, texts cut by hand in order, each once."""
    texts = [text for _, text in sorted(_texts(pieces))]
    markers = [read_marker(text) for text in texts]
    numbered = [marker for marker in markers if marker]
    if len(texts) > 1 and len(numbered) == len(texts) and len({marker.total for marker in numbered}) == 1:
        ordered = sorted(numbered, key=lambda marker: marker.number)
        return " ".join(dict.fromkeys(marker.rest for marker in ordered))
    return " ".join([texts[0], *(_continued(text) for text in texts[1:])]) if texts else ""


def _texts(pieces: Iterable[Piece]) -> Iterable[tuple[datetime, str]]:
    """Each message that the network handed over, with the moment of its first part."""
    groups: dict[bytes, list[Piece]] = defaultdict(list)
    for piece in pieces:
        if piece.reference is None:
            yield piece.received_at, piece.text
        else:
            groups[piece.reference].append(piece)
    for group in groups.values():
        yield min(piece.received_at for piece in group), joined(group)


def joined(parts: Sequence[Piece]) -> str:
    """The parts of one message in order; a part that came twice counts once, missing ones leave a mark."""
    by_number: dict[int, str] = {}
    for part in sorted(parts, key=lambda part: (part.number, part.received_at, part.text)):
        by_number.setdefault(part.number, part.text)
    return "".join(_with_gaps(by_number, max(part.total for part in parts)))


def _with_gaps(by_number: Mapping[int, str], total: int) -> Iterable[str]:
    was_missing = False
    for number in range(1, total + 1):
        is_missing = number not in by_number
        if is_missing and not was_missing:
            yield GAP
        was_missing = is_missing
        yield by_number.get(number, "")


def is_complete(parts: Iterable[Piece], total: int) -> bool:
    """Whether every part is here."""
    return {part.number for part in parts} >= set(range(1, total + 1))


def read_marker(text: str) -> Marker | None:
    """The figure of a text cut by hand, at its beginning or end; None for a text without one."""
    for pattern in _marker_patterns():
        found = pattern.fullmatch(text.strip())
        if found is None:
            continue
        number, total = int(found["number"]), int(found["total"])
        if 1 <= number <= total and 2 <= total <= thresholds().most_pieces:
            return Marker(number, total, found["rest"].strip(" \n\t:-."))
    return None


def goes_on(text: str) -> bool:
    """Whether a text says that it continues the one before: "suite: …"."""
    return bool(_going_on().match(text))


def announces_more(text: str) -> bool:
    """Whether a text ends by saying that another follows: "… suite"."""
    return bool(_announcing().search(text))


def _continued(text: str) -> str:
    """A later text without its marker."""
    marker = read_marker(text)
    return marker.rest if marker else _going_on().sub("", text, count=1).strip()


@cache
def _marker_patterns() -> tuple[re.Pattern[str], ...]:
    between = "|".join(rf"\s*{re.escape(sign)}\s*" for sign in cutting_words().of)
    figure = rf"[\[(]?(?P<number>\d)(?:{between})(?P<total>\d)[\])]?"
    return (
        re.compile(rf"{figure}(?=[\s:.\-]|$)(?P<rest>.*)", re.DOTALL | re.IGNORECASE),
        re.compile(rf"(?P<rest>.*)(?<!\S){figure}", re.DOTALL | re.IGNORECASE),
    )


@cache
def _going_on() -> re.Pattern[str]:
    return re.compile(rf"\s*[.…(\[-]*\s*(?:{_going_on_words()})\b[\s:.…)\]-]*", re.IGNORECASE)


@cache
def _announcing() -> re.Pattern[str]:
    return re.compile(
        rf"(?:[.…(\[-]+|\bà |\ba )\s*(?:{_going_on_words()}|suivre)\s*[.…)\]-]*\s*$", re.IGNORECASE
    )


@cache
def _going_on_words() -> str:
    return "|".join(map(re.escape, sorted(cutting_words().goes_on, key=len, reverse=True)))
