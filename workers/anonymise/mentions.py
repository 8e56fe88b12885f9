"""What a mention of a person or number says without how it is spelt, and whether two can be of the same one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from workers.anonymise.cues import cue_words
from workers.anonymise.phonetics import fold, phonetic_key
from workers.anonymise.words import split_words
from workers.contracts import EntityLabel

_NATIONAL_LENGTH = 8
_MOST_INITIALS = 3


class Part(NamedTuple):
    """One word of a name: how it sounds (empty for an initial) and its first letter, or a mark for each."""

    sound: str
    letter: str


Mention = frozenset[Part]


def plain_mention(parts: Iterable[str]) -> Mention:
    """A mention as it can be compared, from what `name_parts` gave."""
    return frozenset(Part(part if len(part) > 1 else "", part[:1]) for part in parts)


def name_parts(original: str) -> frozenset[str]:
    """The sounds of a name's words in no order: `Seydou Kone` and `Koné Seydou` are the same set."""
    words = split_words(original)
    if len(words) > _MOST_INITIALS and all(len(word.text) == 1 for word in words):  # spelt out: `a m a d o u`
        return frozenset({phonetic_key("".join(word.text for word in words))})
    parts = frozenset(
        word.key or word.folded for word in words if word.folded not in cue_words("person", "particles")
    )
    return parts or frozenset(word.folded for word in words) or frozenset({fold(original)})


def can_be_same(one: Mention, other: Mention) -> bool:
    """Whether one mention can be a shorter form of the other: a part of it, or with initials."""
    shorter, longer = sorted((one, other), key=len)
    left = set(longer)
    for part in sorted(shorter, key=lambda part: (not part.sound, part)):
        match = _match(part, left)
        if match is None:
            return False
        left.discard(match)
    return any(part.sound for part in shorter)


def _match(part: Part, among: Collection[Part]) -> Part | None:
    """What a word stands for: the same word, else the one that an initial can be."""
    if part in among:
        return part
    return next((other for other in sorted(among) if _stands_for(part, other)), None)


def _stands_for(part: Part, other: Part) -> bool:
    if not part.sound or not other.sound:
        return part.letter == other.letter
    return part.sound == other.sound


def plain(label: EntityLabel, original: str) -> str:
    """A number or address without what writing it adds."""
    is_dictated = not any(letter.isdecimal() for letter in original)
    if label is EntityLabel.PHONE and not is_dictated:
        digits = read_digits(original)
        return digits[-_NATIONAL_LENGTH:] if len(digits) in {8, 11, 13} else digits
    return "".join(letter for letter in fold(original) if letter.isalnum() or letter in "-.")


def read_digits(written: str) -> str:
    """The digits of a number as written, with letters that stand for digits read as such."""
    read = written.translate(str.maketrans("OolI", "0011"))
    return "".join(str(int(letter)) for letter in read if letter.isdecimal())
