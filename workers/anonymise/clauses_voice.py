"""Names that are also words (`vieux`, `bah`, `solo`): what their place in the clause says where case says nothing."""

from __future__ import annotations

import re

from workers.anonymise.cues import cue_words
from workers.anonymise.evidence import Reading
from workers.anonymise.frames import Strength, frame_words
from workers.anonymise.place_context import follows_place_cue

_RELATIVE, _SUBJECT, _OBJECT = 0.5, 0.47, 0.47
_DESCRIBES = re.compile(
    r"(?:ée?s?|i?que|aires?|eux|euses?|ants?|antes?|el|elles?|ables?|istes?|i[eè]res?|ais|ois)$"
)


def hear_clauses(reading: Reading) -> None:
    """Weigh doubtful names that stand like a relative's name, like who did something or like whom it was done to."""
    for index in range(len(reading.words)):
        if reading.is_name(index) or reading.is_force(index) or len(reading.words[index].text) < 2:
            continue
        if _is_named_relative(reading, index) or _is_new_relative(reading, index):
            reading.evidence[index].add("clause:relative", _RELATIVE)
        elif _suffers(reading, index):
            reading.evidence[index].add("clause:subject", _RELATIVE)
        elif _is_doubtful_name(reading, index):
            _hear_doubtful(reading, index)


def _hear_doubtful(reading: Reading, index: int) -> None:
    if _precedes(reading, index, "auxiliaries") and _opens_clause(reading, index):
        reading.evidence[index].add("clause:subject", _SUBJECT)
    elif (
        index
        and reading.words[index].follows_closely
        and _word(reading, index - 1) in cue_words("clause", "acts")
    ):
        reading.evidence[index].add("clause:object", _OBJECT)


def _is_doubtful_name(reading: Reading, index: int) -> bool:
    is_listed = reading.names[index] is not None
    is_new = reading.stands_out(index) and reading.is_unknown(index) and not reading.is_acronym(index)
    if not is_listed and not is_new:
        return False
    if reading.is_ordinary(index) and not _opens_with_capital(reading, index):
        return False
    return not (reading.is_town(index) or follows_place_cue(reading, index))


def _opens_with_capital(reading: Reading, index: int) -> bool:
    """`Vieux a vu…`: no article stands before it, so it is hardly the adjective."""
    word = reading.words[index]
    if word.folded in cue_words(
        "clause", "often_capital"
    ):  # `Samedi a été calme`; whom it befalls, see `_suffers`
        return False
    return word.is_capital and word.opens_sentence and reading.case_is_mixed


def _suffers(reading: Reading, index: int) -> bool:
    """`vendredi a été battu`: an everyday word that is a name too, without an article, and what befalls people."""
    if reading.names[index] is None or not reading.is_ordinary(index) or not _opens_clause(reading, index):
        return False
    if reading.words[index].folded in frame_words(Strength.KINSHIP) | frame_words(Strength.OFFICE):
        return False
    after = index + 1
    while after < len(reading.words) and _precedes(reading, after - 1, "auxiliaries"):
        after += 1
    befalls = ("acts", "misfortunes")
    return after > index + 1 and any(_precedes(reading, after - 1, kind) for kind in befalls)


def _is_named_relative(reading: Reading, index: int) -> bool:
    """`mon ami vieux a disparu`, `mon grand frère papou est`: a word between whose kin and what befell them."""
    if not _follows_own_kin(reading, index) or not _precedes(reading, index, "auxiliaries"):
        return False
    if reading.is_ordinary(index):
        return reading.names[index] is not None
    is_no_adjective = not _DESCRIBES.search(reading.words[index].text.lower()) or reading.is_unknown(index)
    return reading.names[index] is not None or (is_no_adjective and not reading.is_common(index))


def _is_new_relative(reading: Reading, index: int) -> bool:
    """`sa fille noemie`, `mon oncle sambo` without capitals: what describes nobody after whose kin is a name."""
    word = reading.words[index]
    if reading.case_tells or not reading.is_european or reading.is_ordinary(index) or len(word.text) < 3:
        return False
    is_known = reading.is_place(index) or reading.is_inflected(index) or reading.is_said_no_name(index)
    is_word = (
        reading.lexicon.resembles_ordinary(word.folded)
        or _DESCRIBES.search(word.text.lower())
        or reading.is_common(index)
    )
    return not is_known and not is_word and _follows_own_kin(reading, index)


def _follows_own_kin(reading: Reading, index: int) -> bool:
    """Whether whose kin somebody is (`mon grand frère`), or what they do (`le boutiquier`), stands right before."""
    if index < 2 or not reading.words[index].follows_closely:
        return False
    if _word(reading, index - 1) in frame_words(Strength.OFFICE):
        return _word(reading, index - 2) in cue_words("clause", "articles")
    if _word(reading, index - 1) not in frame_words(Strength.KINSHIP):
        return False
    owner = index - 2
    if index > 2 and _word(reading, owner) in cue_words("clause", "degrees"):
        owner -= 1
    return _word(reading, owner) in cue_words("clause", "possessives")


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
