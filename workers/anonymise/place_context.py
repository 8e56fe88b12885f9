"""Where the words before tell that a place is meant: `à Koro`, `village de Tènè`, `entre Boni, Bodio et Sadia`."""

from __future__ import annotations

import re

from workers.anonymise.cues import cue_words
from workers.anonymise.evidence import Reading

_COMMA = re.compile(r"\s?[,/;+&]\s?")
_LONGEST_ENUMERATION = 6


def follows_place_cue(reading: Reading, index: int) -> bool:
    """Whether a place is expected at the word, itself or as a further member of an enumeration of places."""
    known = reading.after_place_cue[index]
    if known is None:
        known = reading.after_place_cue[index] = _follows_place_cue(reading, index)
    return known


def _follows_place_cue(reading: Reading, index: int) -> bool:
    for _ in range(_LONGEST_ENUMERATION):
        if _is_announced(reading, index):
            return True
        before = enumerated_before(reading, index)
        if before is None or reading.is_clear_name(before) or not _is_written_alike(reading, before, index):
            return False
        index = before
    return False


def enumerated_before(reading: Reading, index: int) -> int | None:
    """The word told just before this one in an enumeration (`Boni, Bodio`, `Boni et Bodio`)."""
    if index == 0:
        return None
    if _COMMA.fullmatch(reading.words[index].gap):
        return index - 1
    is_joined = index > 1 and reading.words[index - 1].folded in cue_words("enumeration", "joins")
    return index - 2 if is_joined and reading.words[index].follows_closely else None


def _is_written_alike(reading: Reading, first: int, second: int) -> bool:
    return reading.words[first].is_capital == reading.words[second].is_capital and not reading.is_ordinary(
        first
    )


def _is_announced(reading: Reading, index: int) -> bool:
    if index == 0 or not reading.words[index].follows_closely:
        return False
    before = reading.words[index - 1].folded
    nouns = cue_words("place", "nouns")
    if before in cue_words("place", "links") and index > 1:
        return reading.words[index - 2].folded in nouns
    return before in nouns or before in cue_words("place", "prepositions")
