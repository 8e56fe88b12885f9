"""Frames: words that announce a person (`nommé`, `Cdt`, `mon frère`, `Ag`, `n tɔgɔ ye`), from the vocabulary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from workers.anonymise.cues import cue_words
from workers.anonymise.lexicon import rows
from workers.anonymise.words import Word, split_words


class Strength(StrEnum):
    """What kind of announcement a frame is; it decides which words may follow."""

    NAMING = "naming"
    FIELD = "field"
    TITLE = "title"
    OFFICE = "office"
    KINSHIP = "kinship"
    MENTION = "mention"
    NICKNAME = "nickname"
    SOBRIQUET = "sobriquet"
    FILIATION = "filiation"
    PARTICLE = "particle"
    SELF = "self"
    POSSESSOR = "possessor"


@dataclass(frozen=True, slots=True)
class Frame:
    """One announcing form, as folded words."""

    words: tuple[str, ...]
    strength: Strength
    condition: str


@dataclass(frozen=True, slots=True)
class FrameMatch:
    """A frame found at words `first` up to, not including, `after`."""

    first: int
    after: int
    strength: Strength


@cache
def load_frames() -> dict[str, tuple[Frame, ...]]:
    """Frames by their first word, longest first."""
    by_first: dict[str, list[Frame]] = {}
    for row in rows("frames.csv"):
        form = tuple(word.folded for word in split_words(row["form"]))
        by_first.setdefault(form[0], []).append(Frame(form, Strength(row["strength"]), row["case"]))
    return {
        first: tuple(sorted(found, key=lambda frame: -len(frame.words))) for first, found in by_first.items()
    }


@cache
def frame_words(strength: Strength) -> frozenset[str]:
    """Frames of one strength that are a single word."""
    found = (frame for frames in load_frames().values() for frame in frames if frame.strength is strength)
    return frozenset(frame.words[0] for frame in found if len(frame.words) == 1)


def find_frames(words: Sequence[Word], *, case_tells: bool) -> Iterator[FrameMatch]:
    """Frames in order; where several begin at one word, the longest of each strength."""
    frames = load_frames()
    forms = tuple(word.folded for word in words)
    for first, form in enumerate(forms):
        seen: set[Strength] = set()
        for frame in frames.get(form, ()):
            is_told = forms[first : first + len(frame.words)] == frame.words
            if is_told and frame.strength not in seen and _holds(frame.condition, words, first, case_tells):
                seen.add(frame.strength)
                yield FrameMatch(first, first + len(frame.words), frame.strength)


def _holds(condition: str, words: Sequence[Word], first: int, case_tells: bool) -> bool:
    word = words[first]
    if condition == "capital":
        return word.is_capital or not case_tells
    if condition == "initial":
        dotted = first + 1 < len(words) and words[first + 1].gap.startswith(".")
        return (word.is_capital or not case_tells) and (dotted or case_tells)
    if condition == "english":
        return first > 0 and words[first - 1].folded in cue_words("naming", "english_owners")
    return True


_LEADS_ON = re.compile(r"[\s:.,;=\"«“”»'’‘(\[\-–*_]{0,6}")


def leads_on(gap: str) -> bool:
    """Whether what stands between a frame and the next word lets the announced name follow."""
    return bool(_LEADS_ON.fullmatch(gap)) and gap.count("\n") < 2
