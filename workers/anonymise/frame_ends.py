"""Where an announced name ends: how many of the words after its first belong to it."""

from __future__ import annotations

from workers.anonymise.cues import cue_words
from workers.anonymise.evidence import Reading
from workers.anonymise.frame_beginnings import ARTICLES, is_surely_sobriquet
from workers.anonymise.frames import FrameMatch, Strength
from workers.anonymise.place_context import follows_place_cue

_LONGEST = 5


def end_of_announced(reading: Reading, first: int, match: FrameMatch) -> int:
    """The word after the last of the name or nickname that begins at `first`, as `match` announces it."""
    if is_surely_sobriquet(reading, match):
        return max(_end_of_sobriquet(reading, first), _end_of_lower_sobriquet(reading, first))
    is_everyday = reading.stands_out(first) and reading.is_ordinary(first)  # `Aliou dit Gros Bras`
    is_sobriquet = match.strength is Strength.NICKNAME and is_everyday
    is_sobriquet = (
        is_sobriquet or match.strength is Strength.SOBRIQUET or reading.words[first].folded in ARTICLES
    )
    return _end_of_sobriquet(reading, first) if is_sobriquet else end_of_name(reading, first)


def _end_of_lower_sobriquet(reading: Reading, first: int) -> int:
    """Two words at most, past an article: `surnommé vieux père`."""
    end = first + 1
    longest = first + (3 if reading.words[first].folded in ARTICLES else 2)
    while end < min(longest, len(reading.words)) and _continues_sobriquet(reading, end):
        end += 1
    return end


def _continues_sobriquet(reading: Reading, index: int) -> bool:
    is_end = reading.words[index].folded in cue_words("naming", "ends_sobriquets")
    return reading.words[index].follows_closely and not is_end and not reading.is_force(index)


def _end_of_sobriquet(reading: Reading, first: int) -> int:
    """A nickname goes on while capitals do (`Petit Cheval`); without capitals it is a name like others."""
    end = first + (2 if reading.words[first].folded in ARTICLES else 1)
    while end < len(reading.words) and reading.words[end].follows_closely and reading.stands_out(end):
        end += 1
    return min(max(end, end_of_name(reading, first)), len(reading.words))


def end_of_name(reading: Reading, first: int) -> int:
    """The word after the last of the name that begins at `first`."""
    end = first + 1
    while end < min(first + _LONGEST, len(reading.words)) and _goes_on(reading, end, end - first):
        end += 1
    return end


def _goes_on(reading: Reading, index: int, taken: int) -> bool:
    if (
        not reading.words[index].follows_closely
        or reading.is_force(index)
        or follows_place_cue(reading, index)
    ):
        return False
    if reading.words[index].is_initial and reading.case_tells:
        return True
    if reading.is_ordinary(index):
        return reading.has_capital(index) and reading.names[index] is not None
    if reading.case_tells and reading.words[index - 1].is_capital:
        return reading.has_capital(index) or reading.is_clear_name(index)
    return reading.names[index] is not None or (taken < 2 and reading.is_unknown(index))
