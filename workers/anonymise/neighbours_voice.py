"""What a name found tells about the words beside it and about its other mentions in the same text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container

from workers.anonymise.claims import MASK
from workers.anonymise.evidence import Reading
from workers.anonymise.frames import Strength, frame_words
from workers.anonymise.initials_voice import is_consonant_before_consonant
from workers.anonymise.lexicon import Clarity
from workers.anonymise.place_context import enumerated_before, follows_place_cue

_SHORTEST_REPEATED = 3
_JOINED = 2
_LONGEST_PREFIX = 3
_TIES = frozenset("-'’‐‑")
_BAMBARA_ENDING = re.compile(r"(?:[rln]a|[ln]en|to|[ln]i|w|ye|be)$")


def hear_neighbours(reading: Reading) -> None:
    """Let names draw in initials, listed words and unknown capitals that stand right beside them."""
    if not any(each.confidence >= MASK for each in reading.evidence):
        return
    _hear_joined(reading)
    for index in (*range(len(reading.words)), *reversed(range(len(reading.words)))):
        if not reading.is_name(index) and reading.is_next_to_name(index):
            reading.evidence[index].add("neighbour", _weight_beside_name(reading, index))


def _hear_joined(reading: Reading) -> None:
    """`sid'ahmed`, `marie-laure`: what a hyphen or an apostrophe ties to a name, if it is no elided word."""
    for index in range(1, len(reading.words)):
        if reading.words[index].gap not in _TIES or not (
            reading.is_name(index) or reading.is_name(index - 1)
        ):
            continue
        for part in (index - 1, index):
            if not reading.is_name(part) and _may_be_tied(reading, part):
                reading.evidence[part].add("neighbour", 0.6)


def _may_be_tied(reading: Reading, index: int) -> bool:
    is_known = reading.is_ordinary(index) or reading.is_town(index) or reading.is_inflected(index)
    is_long = len(reading.words[index].text) > 2
    return is_long and not reading.is_force(index) and (reading.names[index] is not None or not is_known)


def _weight_beside_name(reading: Reading, index: int) -> float:
    if reading.is_force(index) or follows_place_cue(reading, index):
        return 0.0
    if reading.words[index].is_initial:
        return 0.6 if _is_initial_of_name(reading, index) else 0.0
    name = reading.names[index]
    if reading.is_ordinary(index):
        may_be_part = name is not None or _is_short_before_name(reading, index)
        return 0.5 if may_be_part and reading.stands_out(index) else 0.0
    if name is not None:
        return 0.55 if name.clarity > Clarity.WORD or reading.has_capital(index) else 0.5
    return _weight_of_unlisted(reading, index)


def _is_short_before_name(reading: Reading, index: int) -> bool:
    """The `Ya` of `Ya Wassa`, the `De` of `De Ganay`."""
    return len(reading.words[index].text) <= _LONGEST_PREFIX and reading.is_name(index + 1)


def _is_initial_of_name(reading: Reading, index: int) -> bool:
    """`A. Traoré` or `Traoré A.`, not the `A` or `Y` that a sentence or a shouted text begins with."""
    dotted = index + 1 < len(reading.words) and reading.words[index + 1].gap.startswith(".")
    if dotted or (reading.case_tells and not reading.words[index].opens_sentence):
        return True
    return reading.case_tells and is_consonant_before_consonant(reading, index)


def _weight_of_unlisted(reading: Reading, index: int) -> float:
    if reading.is_place(index):
        return 0.5 if reading.stands_out(index) and not reading.is_town(index) else 0.0
    if reading.has_capital(index):
        return 0.5 if not reading.words[index].opens_sentence or reading.is_unknown(index) else 0.3
    is_part = _completes_lone_given_name(reading, index) or _precedes_given_name(reading, index)
    return 0.5 if is_part else 0.0


def _precedes_given_name(reading: Reading, index: int) -> bool:
    """The `gna` of `gna mariam`: in a text without capitals, a short or unknown word right before a given name."""
    after = index + 1
    if reading.case_tells or not reading.is_european or after >= len(reading.words):
        return False
    if not (reading.words[after].follows_closely and reading.is_clear_name(after) and reading.is_name(after)):
        return False
    name = reading.names[after]
    is_given = name is not None and name.is_given
    is_short = 1 < len(reading.words[index].text) <= _LONGEST_PREFIX
    return is_given and (is_short or (reading.has_few_unknown and reading.is_unknown(index)))


def _completes_lone_given_name(reading: Reading, index: int) -> bool:
    """In a text without capitals: an unknown word after a single given name is most likely its family name."""
    if (
        reading.case_tells
        or index == 0
        or not reading.words[index].follows_closely
        or not reading.is_unknown(index)
        or not _may_be_family_name(reading, index)
    ):
        return False
    name = reading.names[index - 1]
    is_lone = not (reading.is_name(index - 2) and reading.words[index - 1].follows_closely)
    return name is not None and name.is_given and reading.is_name(index - 1) and is_lone


def _may_be_family_name(reading: Reading, index: int) -> bool:
    """In Bambara what ends like a verb or a plural is none; in other languages of Mali too little is known."""
    if reading.is_european:
        return True
    return reading.is_bambara and not _BAMBARA_ENDING.search(reading.words[index].folded)


def hear_enumerations(reading: Reading) -> None:
    """`bah, sow et barry`: beside a name that is told with it, a doubtful name or an unknown word is one."""
    told = [(enumerated_before(reading, index), index) for index in range(1, len(reading.words))]
    for before, index in told * 2:
        if before is not None and before >= 0:
            _hear_member(reading, before, index)
            _hear_member(reading, index, before)


def _hear_member(reading: Reading, index: int, other: int) -> None:
    if not reading.is_name(other) or reading.is_force(index):
        return
    is_told = _may_be_told_with(reading, index) or _is_everyday_joined(reading, index, other)
    if is_told or _is_new_beside_clear(reading, index, other):
        reading.evidence[index].add("enumeration", 0.5)


def _may_be_told_with(reading: Reading, index: int) -> bool:
    if reading.names[index] is not None:
        is_name_in_capital = reading.stands_out(index) and not reading.words[index].text.isupper()
        return not reading.is_ordinary(index) or is_name_in_capital
    if follows_place_cue(reading, index) or reading.is_acronym(index) or reading.is_ordinary(index):
        return False
    if reading.case_tells:
        is_new = reading.is_unknown(index) or not (reading.is_place(index) or reading.is_said_no_name(index))
        is_new_opening = reading.words[index].opens_sentence and reading.is_unknown(index)
        return is_new and (reading.stands_out(index) or (is_new_opening and reading.has_capital(index)))
    return reading.is_european and reading.has_few_unknown and reading.is_unknown(index)


def _is_everyday_joined(reading: Reading, index: int, other: int) -> bool:
    """`ablaye et vieux`: a name that is an everyday word too, joined to a clear name by a word, no kin (`et papa`)."""
    if reading.names[index] is None or index - other != _JOINED or not reading.is_clear_name(other):
        return False
    folded = reading.words[index].folded
    is_kin = folded in frame_words(Strength.KINSHIP) or folded in frame_words(Strength.OFFICE)
    return not (is_kin or follows_place_cue(reading, index))


def _is_new_beside_clear(reading: Reading, index: int, other: int) -> bool:
    """`mohamed et yapile`: beside a name of the list, a word that nobody knows, even among SMS spellings."""
    is_long = len(reading.words[index].text) > _SHORTEST_REPEATED
    is_sure = reading.is_clear_name(other) or "enumeration" in reading.evidence[other].weights
    is_told = is_long and not reading.case_tells and is_sure
    is_word = reading.is_bambara and _BAMBARA_ENDING.search(reading.words[index].folded)
    return is_told and not is_word and reading.is_unknown(index) and not follows_place_cue(reading, index)


def hear_repetitions(reading: Reading, known: Container[str]) -> None:
    """Names found once, here or (their phonetic keys are in `known`) earlier in the case, are names wherever they
    stand.
    """
    found = Counter(key for index, key in enumerate(reading.keys) if reading.is_name(index))
    for index, key in enumerate(reading.keys):
        others = found[key] - reading.is_name(index)
        is_long = len(key) >= _SHORTEST_REPEATED
        if is_long and (others > 0 or key in known) and _may_repeat(reading, index):
            reading.evidence[index].add("repetition", 0.6)


def _may_repeat(reading: Reading, index: int) -> bool:
    if reading.is_force(index) or (reading.is_ordinary(index) and not reading.stands_out(index)):
        return False
    return not (
        reading.is_place(index) and not reading.is_clear_name(index) and not reading.is_next_to_name(index)
    )
