"""What stays readable and a person should look at: doubtful words, references, who is singled out unnamed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum

from workers.anonymise.claims import MASK, REVIEW
from workers.anonymise.cues import cue_words
from workers.anonymise.descriptions import described_words
from workers.anonymise.evidence import Reading
from workers.anonymise.frames import Strength, frame_words
from workers.anonymise.place_context import follows_place_cue
from workers.contracts import Entity, EntityLabel, Span
from workers.gates import Gate


class Reason(StrEnum):
    """Why a stretch is shown for review."""

    UNSURE = "unsure_name"
    UNKNOWN_CAPITAL = "unknown_capital"
    INITIAL = "initial"
    NICKNAME = "nickname"
    KINSHIP = "kinship"
    ROLE = "role"
    REFERENCE = "reference"
    NUMBER = "number"


_REFERENCE = re.compile(
    r"(?<![\w/])(?=[\w/\-]*\d)(?=[\w/\-]*[^\W\d_])[\w\-]{1,12}(?:/[\w\-]{1,12}){1,4}(?![\w/])"
)
_NUMBER = re.compile(
    r"(?<![\w.,])\d(?:[ .\-]?\d){4,14}(?!\w)"
    r"(?!\s?(?:f|fcfa|cfa|francs?|personnes|t[eê]tes|millions?)\b)"
)
_ROUND = re.compile(r"(?:00|000)$")
_QUOTED = re.compile(r"[\"«“]\s?([^\W\d_][\w'’ \-]{1,28}?)\s?[\"»”]")
_DATE = re.compile(r"\d{1,2}[./\-]\d{1,2}[./\-]\d{2,4}|\d{4}-\d{2}-\d{2}|(?:19|20)\d\d[./\- ](?:19|20)\d\d")
_MOST_QUOTED_WORDS = 3


def find_review(reading: Reading, text: str, entities: Sequence[Entity]) -> tuple[tuple[Span, str], ...]:
    """Stretches of the original outside the masks, in order, one reason each: the first that applies."""
    masked = [Span(entity.start, entity.end) for entity in entities]
    kept: list[tuple[Span, str]] = []
    for span, reason in _candidates(reading, text, entities):
        is_single_out = reason in {Reason.KINSHIP, Reason.ROLE}
        is_hidden = not is_single_out and any(span.overlaps(other) for other in masked)
        if not is_hidden and not any(span.overlaps(other) for other, _ in kept):
            kept.append((span, str(reason)))
    return tuple(sorted(kept, key=lambda found: (found[0].start, found[0].end)))


def _candidates(reading: Reading, text: str, entities: Sequence[Entity]) -> Iterator[tuple[Span, Reason]]:
    yield from _descriptions(reading, entities)
    yield from _references(text)
    yield from _nicknames(reading, text)
    yield from _words(reading)


_GATE = Gate.on_digit()  # no reference and no number is without one


def _references(text: str) -> Iterator[tuple[Span, Reason]]:
    if not _GATE.is_open(text):
        return
    for match in _REFERENCE.finditer(text):
        yield Span(*match.span()), Reason.REFERENCE
    for match in _NUMBER.finditer(text):
        if not _ROUND.search(match.group()) and not _DATE.fullmatch(match.group()):
            yield Span(*match.span()), Reason.NUMBER


def _nicknames(reading: Reading, text: str) -> Iterator[tuple[Span, Reason]]:
    for match in _QUOTED.finditer(text):
        if match.group(1)[0].isupper() and len(match.group(1).split()) <= _MOST_QUOTED_WORDS:
            yield Span(*match.span(1)), Reason.NICKNAME
    for frame in reading.frames:
        is_named = frame.strength in {Strength.SOBRIQUET, Strength.NAMING} and frame.after < len(
            reading.words
        )
        if is_named and reading.words[frame.after].folded not in cue_words("naming", "never_nicknames"):
            yield Span(reading.words[frame.after].start, reading.words[frame.after].end), Reason.NICKNAME


def _words(reading: Reading) -> Iterator[tuple[Span, Reason]]:
    for index, word in enumerate(reading.words):
        reason = _reason(reading, index)
        if reason is not None:
            yield Span(word.start, word.end), reason


def _reason(reading: Reading, index: int) -> Reason | None:
    """Why a word is shown, if it is."""
    evidence = reading.evidence[index]
    if evidence.is_silenced or reading.is_force(index):
        return None
    if _may_be_initial(reading, index):
        return Reason.INITIAL
    if REVIEW <= evidence.confidence < MASK:
        return Reason.UNSURE
    return Reason.UNKNOWN_CAPITAL if _is_unknown_capital(reading, index) else None


def _may_be_initial(reading: Reading, index: int) -> bool:
    """A letter that stays behind a name: an initial, or what SMS spelling leaves of `c'est` and `n'est`."""
    word = reading.words[index]
    if (
        len(word.text) > 1
        or not word.follows_closely
        or reading.is_name(index)
        or not reading.is_name(index - 1)
    ):
        return False
    return word.is_capital or word.text.lower() not in cue_words("initials", "small_words_after")


def _is_unknown_capital(reading: Reading, index: int) -> bool:
    if len(reading.words[index].text) == 1 or not reading.stands_out(index):
        return False
    is_explained = reading.is_ordinary(index) or reading.is_place(index) or reading.is_force(index)
    return not is_explained and not follows_place_cue(reading, index)


def _descriptions(reading: Reading, entities: Sequence[Entity]) -> Iterator[tuple[Span, Reason]]:
    """`le neveu d'Oumou`, `la deuxième femme du chef de Kani`, `l'infirmier de Diallassagou`."""
    persons = [Span(found.start, found.end) for found in entities if found.label is EntityLabel.PERSON]
    index = 0
    while index < len(reading.words):
        end = _end_of_description(reading, index, persons)
        if end is None:
            index += 1
            continue
        is_kin = reading.words[index].folded in frame_words(Strength.KINSHIP)
        yield _whole(reading, index, end), Reason.KINSHIP if is_kin else Reason.ROLE
        index = end


def _end_of_description(reading: Reading, head: int, persons: Sequence[Span]) -> int | None:
    """Past the last word of a head, its links and what it belongs to: a name, a place, another such head."""
    if not _is_head(reading, head):
        return None
    index = head + 1
    while index < len(reading.words) and _is_link(reading, index):
        index += 1
    if index == head + 1 or index >= len(reading.words):
        return None
    if _is_in(reading, index, persons):
        return index + 1
    if _is_head(reading, index):
        return _end_of_description(reading, index, persons) or index + 1
    is_village = reading.words[index].folded in cue_words("place", "nouns")
    if is_village:
        return _after_village(reading, index)
    return index + 1 if reading.is_place(index) else None


def _after_village(reading: Reading, index: int) -> int | None:
    """`chef de village de Kani`, `maire de la commune de Sangha`."""
    following = index + 1
    while following < len(reading.words) and _is_link(reading, following):
        following += 1
    is_named = following < len(reading.words) and reading.is_place(following)
    return following + 1 if is_named else None


def _is_head(reading: Reading, index: int) -> bool:
    if index >= len(reading.words):
        return False
    folded = reading.words[index].folded
    return folded in described_words("singling", "offices") or folded in frame_words(Strength.KINSHIP)


def _is_link(reading: Reading, index: int) -> bool:
    return reading.words[index].folded in described_words("singling", "links") and (
        reading.words[index].follows_closely
    )


def _is_in(reading: Reading, index: int, persons: Sequence[Span]) -> bool:
    word = Span(reading.words[index].start, reading.words[index].end)
    return any(word.overlaps(person) for person in persons)


def _whole(reading: Reading, head: int, end: int) -> Span:
    """The description with the `deuxième`, `seul`, `petit` before its head."""
    first = head
    while first and reading.words[first - 1].folded in described_words("singling", "numbers"):
        first -= 1
    return Span(reading.words[first].start, reading.words[end - 1].end)
