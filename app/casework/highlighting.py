"""An account cut into pieces: what is plain, what stands for something hidden, what a finding rests on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

_TOKEN = re.compile(r"\[[A-Z]+-\d+\]")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stretch of a text (code points, end exclusive) and the number of the finding that rests on it."""

    start: int
    end: int
    number: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text. `numbers` are the findings that rest on it, `ending` those whose words end here."""

    text: str
    numbers: tuple[int, ...] = ()
    ending: tuple[int, ...] = ()
    is_token: bool = False


def cut(text: str, evidence: Iterable[Evidence]) -> tuple[Piece, ...]:
    """The pieces of a text in order; joined they are the text. Evidence outside the text is left out."""
    kept = [each for each in evidence if 0 <= each.start < each.end <= len(text)]
    tokens = [match.span() for match in _TOKEN.finditer(text)]
    edges = {0, len(text)}.union(*({each.start, each.end} for each in kept), *map(set, tokens))
    borders = sorted(edges)
    return tuple(_piece(text, start, end, kept, tokens) for start, end in pairwise(borders))


def words_of(text: str, spans: Sequence[Sequence[int]]) -> tuple[str, ...]:
    """The words a finding rests on."""
    return tuple(text[start:end] for start, end in _pairs(spans) if 0 <= start < end <= len(text))


def _pairs(spans: Sequence[Sequence[int]]) -> Iterable[tuple[int, int]]:
    return ((span[0], span[1]) for span in spans if len(span) == 2)


def _piece(
    text: str, start: int, end: int, evidence: Sequence[Evidence], tokens: Sequence[tuple[int, int]]
) -> Piece:
    over = [each for each in evidence if each.start <= start and end <= each.end]
    return Piece(
        text=text[start:end],
        numbers=tuple(dict.fromkeys(each.number for each in over)),
        ending=tuple(dict.fromkeys(each.number for each in over if each.end == end)),
        is_token=any(first <= start and end <= last for first, last in tokens),
    )
