"""Names that are also words (`vieux`, `bah`, `solo`): what their place in the clause says where case says nothing."""

from __future__ import annotations

import re
from functools import cache

from workers.anonymise.cues import cue_words
from workers.anonymise.evidence import Reading
from workers.anonymise.frames import Strength, load_frames
from workers.anonymise.place_context import follows_place_cue

_RELATIVE, _SUBJECT, _OBJECT = 0.5, 0.47, 0.47
_DESCRIBES = re.compile(r"(?:[éè]e?s?|i?que|aires?|eux|euses?|ants?|antes?|el|elles?|ables?|istes?|i[eè]res?|ais|ois)$")


def hear_clauses(reading: Reading) -> None:
    """Weigh doubtful names that stand like a relative's name, like who did something or like whom it was done to."""
    for index in range(len(reading.words)):
        if reading.is_name(index) or reading.is_force(index) or len(reading.words[index].text) < 2:
            continue
        if _is_named_relative(reading, index):
            reading.evidence[index].add("clause:relative", _RELATIVE)
        elif _is_doubtful_name(reading, index):
            _hear_doubtful(reading, index)


def _hear_doubtful(reading: Reading, index: int) -> None:
    if _precedes(reading, index, "auxiliaries") and _opens_clause(reading, index):
        reading.evidence[index].add("clause:subject", _SUBJECT)
    elif index and reading.words[index].follows_closely and _word(reading, index - 1) in cue_words("clause", "acts"):
        reading.evidence[index].add("clause:object", _OBJECT)


def _is_doubtful_name(reading: Reading, index: int) -> bool:
    if reading.names[index] is None or reading.is_ordinary(index):
        return False
    return not (reading.is_town(index) or follows_place_cue(reading, index))


def _is_named_relative(reading: Reading, index: int) -> bool:
    """`mon ami vieux a disparu`, `mon grand frère papou est`: a word between whose kin and what befell them."""
    if not _follows_own_kin(reading, index) or not _precedes(reading, index, "auxiliaries"):
        return False
    if reading.is_ordinary(index):
        return reading.names[index] is not None
    return reading.names[index] is not None or not _DESCRIBES.search(reading.words[index].text.lower())


def _follows_own_kin(reading: Reading, index: int) -> bool:
    """Whether a possessive, at most one adjective and a word of kinship stand right before."""
    if index < 2 or not reading.words[index].follows_closely or _word(reading, index - 1) not in _kinship_words():
        return False
    owners = cue_words("clause", "possessives")
    return _word(reading, index - 2) in owners or (
        index > 2 and _word(reading, index - 2) in cue_words("clause", "degrees") and _word(reading, index - 3) in owners
    )


def _precedes(reading: Reading, index: int, kind: str) -> bool:
    after = index + 1
    return (
        after < len(reading.words)
        and reading.words[after].follows_closely
        and _word(reading, after) in cue_words("clause", kind)
    )


def _opens_clause(reading: Reading, index: int) -> bool:
    if reading.words[index].opens_sentence or not reading.words[index].follows_closely:
        return True
    return _word(reading, index - 1) in cue_words("clause", "openers")


def _word(reading: Reading, index: int) -> str:
    return reading.words[index].folded


@cache
def _kinship_words() -> frozenset[str]:
    """Single words of kinship among the frames."""
    return frozenset(
        frame.words[0]
        for frames in load_frames().values()
        for frame in frames
        if frame.strength is Strength.KINSHIP and len(frame.words) == 1
    )
