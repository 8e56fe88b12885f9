"""Tokens that stand for the same person or number throughout a case, tolerant of spelling."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from workers.anonymise.cues import cue_words
from workers.anonymise.phonetics import fold, phonetic_key
from workers.anonymise.words import split_words
from workers.contracts import EntityLabel

TOKEN_WORDS = {
    EntityLabel.PERSON: "PERSONNE",
    EntityLabel.PHONE: "TELEPHONE",
    EntityLabel.EMAIL: "EMAIL",
    EntityLabel.ID: "IDENTITE",
    EntityLabel.PLATE: "PLAQUE",
    EntityLabel.ADDRESS: "ADRESSE",
    EntityLabel.COORD: "COORDONNEES",
    EntityLabel.DOB: "NAISSANCE",
}
"""The word inside a token, by label."""

TOKEN = re.compile(r"\[(" + "|".join(TOKEN_WORDS.values()) + r")-(\d{1,6})(?:: [^\]\n]{1,40})?\]")
"""A token as it stands in an anonymised text."""

_LABELS = {word: label for label, word in TOKEN_WORDS.items()}
_NATIONAL_LENGTH = 8
_MOST_INITIALS = 3


@dataclass(slots=True)
class TokenBook:
    """Which token stands for what in one case; numbers seen in the text itself are never given out again."""

    persons: dict[str, list[frozenset[str]]] = field(default_factory=dict)
    others: dict[tuple[EntityLabel, str], str] = field(default_factory=dict)
    highest: dict[EntityLabel, int] = field(default_factory=dict)

    @classmethod
    def of_case(cls, text: str, known: Mapping[str, str]) -> TokenBook:
        """A book that continues with what the case already knows."""
        book = cls()
        for match in TOKEN.finditer(text):
            book._reserve(_LABELS[match.group(1)], int(match.group(2)))
        for token, original in known.items():
            if parts := TOKEN.fullmatch(token):
                label = _LABELS[parts.group(1)]
                book._reserve(label, int(parts.group(2)))
                book._remember(label, original, token)
        return book

    def token_for(self, label: EntityLabel, original: str) -> str:
        """The token of this person or number, new if it was not met before."""
        found = (
            self._person(original)
            if label is EntityLabel.PERSON
            else self.others.get((label, _plain(label, original)))
        )
        if found is None:
            number = self.highest.get(label, 0) + 1
            self._reserve(label, number)
            found = f"[{TOKEN_WORDS[label]}-{number}]"
        self._remember(label, original, found)
        return found

    def _reserve(self, label: EntityLabel, number: int) -> None:
        self.highest[label] = max(number, self.highest.get(label, 0))

    def _remember(self, label: EntityLabel, original: str, token: str) -> None:
        if label is not EntityLabel.PERSON:
            self.others[label, _plain(label, original)] = token
            return
        mentions = self.persons.setdefault(token, [])
        if (parts := name_parts(original)) not in mentions:
            mentions.append(parts)

    def _person(self, original: str) -> str | None:
        """The one person this mention can be; if it could be several, none."""
        parts = name_parts(original)
        same = [token for token, mentions in self.persons.items() if parts in mentions]
        if same:
            return same[0]
        matching = [
            token
            for token, mentions in self.persons.items()
            if all(_compatible(parts, known) for known in mentions)
        ]
        return matching[0] if len(matching) == 1 else None


def name_parts(original: str) -> frozenset[str]:
    """The sounds of a name's words in no order: `Seydou Kone` and `Koné Seydou` are the same set."""
    words = split_words(original)
    if len(words) > _MOST_INITIALS and all(len(word.text) == 1 for word in words):  # spelt out: `a m a d o u`
        return frozenset({phonetic_key("".join(word.text for word in words))})
    parts = frozenset(
        word.key or word.folded for word in words if word.folded not in cue_words("person", "particles")
    )
    return parts or frozenset(word.folded for word in words) or frozenset({fold(original)})


def _compatible(parts: frozenset[str], known: frozenset[str]) -> bool:
    """Whether one mention can be a shorter form of the other: a part of it, or with initials."""
    shorter, longer = sorted((parts, known), key=len)
    left = set(longer)
    for part in sorted(shorter, key=len, reverse=True):
        match = next((word for word in sorted(left) if _stands_for(part, word)), None)
        if match is None:
            return False
        left.discard(match)
    return any(len(part) > 1 for part in shorter)


def _stands_for(part: str, word: str) -> bool:
    if len(part) == 1 or len(word) == 1:
        return part[:1] == word[:1]
    return part == word


def _plain(label: EntityLabel, original: str) -> str:
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
