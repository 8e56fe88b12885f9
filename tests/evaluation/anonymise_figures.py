"""What the anonymiser makes of marked messages, counted: by label, language and style, with confidence intervals."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.evaluation.reading import KEEP, Span, messages, read_markup
from workers.anonymise.cues import cue_words
from workers.anonymise.frames import Strength, frame_words
from workers.anonymise.words import split_words

OLD_SET = Path(__file__).with_name("anonymise.jsonl")
_RESAMPLES = 400
_SEED = 20_261_121
_WITH_DIGITS = frozenset({"PHONE", "ID", "PLATE", "ADDRESS", "COORD", "DOB"})


@dataclass(frozen=True, slots=True)
class Marked:
    """A message and the stretches its author marked, `KEEP` those that must stay readable."""

    id: str
    language: str
    style: str
    text: str
    marks: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One mask an anonymiser put: place, label, how sure, by whom."""

    start: int
    end: int
    label: str
    confidence: float
    detectors: tuple[str, ...] = ()


Anonymiser = Callable[[str], Sequence[Found]]


@dataclass(slots=True)
class Counts:
    """Of one message: marks wanted and found, masks put and right, institutions masked, and what went wrong."""

    wanted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    claimed: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    leaks: int = 0
    misses: list[str] = field(default_factory=list)


def marked_messages(chosen: str) -> list[Marked]:
    """The independent messages of one of `reading.SETS`."""
    return [
        Marked(each.id, each.language, each.style, each.text, (*each.masked, *each.kept))
        for each in messages(chosen)
    ]


def old_messages(path: Path = OLD_SET) -> Iterator[Marked]:
    """The first set, written beside the engine."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text, marks = read_markup(row["text"])
        yield Marked(row["id"], row["language"], row["style"], text, marks)


def count(message: Marked, found: Sequence[Found]) -> Counts:
    """Compare the masks of one message with its marks: any overlap of the same label counts."""
    counts = Counts()
    _count_marks(counts, message, found)
    _count_masks(counts, message, found)
    leaking = [message.text[mark.start : mark.end] for mark in message.marks if leaks(message, mark, found)]
    counts.leaks = bool(leaking)
    counts.misses += [f"{message.id} leaks from {words!r}" for words in leaking]
    return counts


def _overlap(mark: Span, mask: Found) -> bool:
    return mark.start < mask.end and mask.start < mark.end


def _count_marks(counts: Counts, message: Marked, found: Sequence[Found]) -> None:
    for mark in message.marks:
        over = [mask for mask in found if _overlap(mark, mask)]
        is_found = bool(over) if mark.label == KEEP else any(mask.label == mark.label for mask in over)
        counts.wanted[mark.label] += 1
        counts.found[mark.label] += is_found
        if is_found == (mark.label == KEEP):
            counts.misses.append(f"{message.id} {mark.label} {message.text[mark.start : mark.end]!r}")


def _count_masks(counts: Counts, message: Marked, found: Sequence[Found]) -> None:
    for mask in found:
        is_right = is_mask_right(message, mask)
        counts.claimed[mask.label] += 1
        counts.right[mask.label] += is_right
        if not is_right:
            words = message.text[mask.start : mask.end]
            counts.misses.append(f"{message.id} not {mask.label} {words!r} {mask.detectors}")


def is_mask_right(message: Marked, mask: Found) -> bool:
    """Whether a mask lies on a mark of its label."""
    return any(mark.label == mask.label and _overlap(mark, mask) for mark in message.marks)


def leaks(message: Marked, mark: Span, found: Sequence[Found]) -> bool:
    """Whether part of a mark can still be read: any letter of a name or e-mail, any digit of a number.

    Titles (`Mme`, `El Hadj`) and kinship (`tonton`) in front of a name, and a town behind an address, are no leak.
    """
    if mark.label == KEEP:
        return False
    hidden = {place for mask in found for place in range(mask.start, mask.end)}
    left = [place for place in range(mark.start, mark.end) if place not in hidden]
    if not any(place in hidden for place in range(mark.start, mark.end)):
        return True
    if mark.label in _WITH_DIGITS:
        return any(message.text[place].isdigit() for place in left)
    announcing = _announcing_places(message, mark) if mark.label == "PERSON" else frozenset[int]()
    return any(message.text[place].isalnum() and place not in announcing for place in left)


def _announcing_places(message: Marked, mark: Span) -> frozenset[int]:
    announcing = cue_words("person", "particles").union(
        *(frame_words(strength) for strength in (Strength.TITLE, Strength.OFFICE, Strength.KINSHIP)),
        {"hadj", "dit", "dite", "le", "la"},
    )
    words = split_words(message.text[mark.start : mark.end])
    return frozenset(
        mark.start + place
        for word in words
        if word.folded in announcing
        for place in range(word.start, word.end)
    )


def share(counts: Iterable[Counts], part: str, whole: str, label: str) -> float:
    """`part` over `whole` of a label over many messages, such as found over wanted; 1.0 of nothing."""
    listed = list(counts)
    total = sum(getattr(each, whole)[label] for each in listed)
    return sum(getattr(each, part)[label] for each in listed) / total if total else 1.0


def interval(counts: Sequence[Counts], figure: Callable[[Sequence[Counts]], float]) -> tuple[float, float]:
    """The 95 % bootstrap interval of a figure, messages drawn again with replacement."""
    draw = random.Random(_SEED)
    drawn = sorted(figure(draw.choices(counts, k=len(counts))) for _ in range(_RESAMPLES)) if counts else []
    return (drawn[int(0.025 * _RESAMPLES)], drawn[int(0.975 * _RESAMPLES)]) if drawn else (0.0, 1.0)


def by_group(
    listed: Sequence[Marked], counts: Sequence[Counts], attribute: str
) -> Mapping[str, Sequence[Counts]]:
    """The counts by language or style of the messages."""
    groups: dict[str, list[Counts]] = {}
    for message, each in zip(listed, counts, strict=True):
        groups.setdefault(getattr(message, attribute), []).append(each)
    return dict(sorted(groups.items()))


def reliability(
    chances: Sequence[float], outcomes: Sequence[bool], bins: int = 5
) -> list[tuple[int, float, float]]:
    """Calibration: equal-sized bins of (how many, mean chance given, share that came true)."""
    pairs = sorted(zip(chances, outcomes, strict=True))
    size = max(1, -(-len(pairs) // bins))
    rows = []
    for start in range(0, len(pairs), size):
        part = pairs[start : start + size]
        rows.append(
            (
                len(part),
                sum(chance for chance, _ in part) / len(part),
                sum(came for _, came in part) / len(part),
            )
        )
    return rows
