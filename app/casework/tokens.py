"""Tokens in an anonymised text: finding words to hide, putting words back, and where evidence lies afterwards.

Pure. Offsets are code points, end exclusive. Words are compared without case, accents and kinds of white space.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.folding import fold

_TOKEN = re.compile(r"\[([A-Z]+)-(\d{1,6})(?:: [^\]\n]{1,40})?\]")
_LETTER_BEFORE, _LETTER_AFTER = r"(?<![^\W_])", r"(?![^\W_])"


class MaskLabel(StrEnum):
    """What a person says hidden words are."""

    PERSON = "person"
    PHONE = "phone"
    OTHER = "other"


TOKEN_WORDS = {MaskLabel.PERSON: "PERSONNE", MaskLabel.PHONE: "TELEPHONE", MaskLabel.OTHER: "IDENTITE"}
"""The word inside a token; the same as the machine's, so that its next run knows them for tokens."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of a text and what is put in its place."""

    start: int
    end: int
    replacement: str

    @property
    def growth(self) -> int:
        """By how many characters the text grows."""
        return len(self.replacement) - (self.end - self.start)


def tokens_in(text: str) -> tuple[str, ...]:
    """The tokens of a text in order, each once, without their descriptions."""
    return tuple(dict.fromkeys(f"[{found[1]}-{found[2]}]" for found in _TOKEN.finditer(text)))


def label_of(token: str) -> MaskLabel:
    """What kind of words a token stands for."""
    found = _TOKEN.fullmatch(token)
    by_word = {word: label for label, word in TOKEN_WORDS.items()}
    return by_word.get(found[1], MaskLabel.OTHER) if found else MaskLabel.OTHER


def next_token(used: Iterable[str], label: MaskLabel) -> str:
    """A token of a kind with a number that was never given out among those used."""
    word = TOKEN_WORDS[label]
    numbers = [int(found[2]) for found in map(_TOKEN.fullmatch, used) if found and found[1] == word]
    return f"[{word}-{max(numbers, default=0) + 1}]"


def hiding(text: str, words: str, token: str) -> list[Edit]:
    """The edits that put a token in place of every whole occurrence of some words outside other tokens."""
    folded, places = _folded(text)
    tokens = [match.span() for match in _TOKEN.finditer(text)]
    parts = [re.escape(part) for part in _folded(words)[0].split()]
    if not parts:
        return []
    pattern = re.compile(_LETTER_BEFORE + r"\s+".join(parts) + _LETTER_AFTER)
    found = [(places[each.start()], places[each.end() - 1] + 1) for each in pattern.finditer(folded)]
    return [
        Edit(start, _with_marks(text, end), token)
        for start, end in found
        if not any(start < last and first < end for first, last in tokens)
    ]


def showing(text: str, token: str, words: str) -> list[Edit]:
    """The edits that put words back in place of their token."""
    return [
        Edit(*found.span(), words) for found in _TOKEN.finditer(text) if f"[{found[1]}-{found[2]}]" == token
    ]


def edited(text: str, edits: Sequence[Edit]) -> str:
    """The text with the edits made; they are in order and don't overlap."""
    pieces: list[str] = []
    last_end = 0
    for edit in edits:
        pieces += (text[last_end : edit.start], edit.replacement)
        last_end = edit.end
    return "".join(pieces) + text[last_end:]


def touches(spans: Sequence[Sequence[int]], edits: Sequence[Edit]) -> bool:
    """Whether any stretch shares a character with an edit."""
    return any(start < edit.end and edit.start < end for start, end in spans for edit in edits)


def shifted(
    spans: Sequence[Sequence[int]], edits: Sequence[Edit], *, is_hidden_dropped: bool
) -> list[list[int]]:
    """Where stretches lie once the edits are made. They grow to whole edits that they touch.

    With `is_hidden_dropped` those that lay wholly inside an edit are left out: their words are gone.
    """
    kept = [
        (start, end)
        for start, end in spans
        if not (is_hidden_dropped and any(edit.start <= start and end <= edit.end for edit in edits))
    ]
    return [[_moved(start, edits, is_end=False), _moved(end, edits, is_end=True)] for start, end in kept]


def _moved(position: int, edits: Sequence[Edit], *, is_end: bool) -> int:
    shift = 0
    for edit in edits:
        if position <= edit.start:
            break
        if position < edit.end:
            return edit.start + shift + (len(edit.replacement) if is_end else 0)
        shift += edit.growth
    return position + shift


def _folded(text: str) -> tuple[str, list[int]]:
    """The text folded letter by letter, and for each folded letter the place it comes from."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        folded = fold(letter)
        letters.append(folded)
        places += [place] * len(folded)
    return "".join(letters), places


def _with_marks(text: str, end: int) -> int:
    """The end of a word with the combining marks that follow its last letter."""
    while end < len(text) and not fold(text[end]):
        end += 1
    return end
