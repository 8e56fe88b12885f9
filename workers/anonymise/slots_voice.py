"""Places in a sentence where a person's name stands: `la boutique de X`, `ils ont tué X`, `avec X`, `demandez à X`.

They let words speak that a list or a capital alone doesn't settle: names that are also words (`kola`, `mah`), names
that no list holds, in texts written without capitals. Everyday words, forces and places are left alone.
"""

from __future__ import annotations

import re

from workers.anonymise.cues import cue_words
from workers.anonymise.evidence import Reading
from workers.anonymise.frames import Strength, frame_words
from workers.anonymise.lexicon import Clarity
from workers.anonymise.place_context import follows_place_cue

_AGE = re.compile(r"[ ]?[,(:]?[ ]?\(?\d{1,2}[ ]?")
_STRONG, _WEAK = 0.5, 0.5
_SHORTEST_LISTED, _SHORTEST_UNLISTED = 2, 3


def hear_slots(reading: Reading) -> None:
    """Weigh every word that is no name yet and stands where persons are named."""
    for index in range(len(reading.words)):
        if not reading.is_name(index) and _may_fill(reading, index) and _stands_in_slot(reading, index):
            reading.evidence[index].add("slot", _weight(reading, index))


def _may_fill(reading: Reading, index: int) -> bool:
    """A listed name, or a word nobody knows; with a capital, where capitals mean something."""
    if reading.is_ordinary(index) or reading.is_force(index) or reading.is_acronym(index):
        return False
    if reading.case_tells and not reading.words[index].is_capital:
        return False
    size = len(reading.words[index].text)
    if reading.names[index] is not None:
        return size >= _SHORTEST_LISTED
    may_be_met = not (reading.case_tells or reading.is_english)  # common words of English are hardly listed
    is_new = reading.is_unknown(index) or (may_be_met and reading.is_uncommon(index))
    return size >= _SHORTEST_UNLISTED and is_new


def _weight(reading: Reading, index: int) -> float:
    """Among many words of SMS spelling, an unknown one says less."""
    is_telling = reading.names[index] is not None or reading.has_few_unknown or reading.stands_out(index)
    return _STRONG if is_telling else _WEAK


def _stands_in_slot(reading: Reading, index: int) -> bool:
    if _has_age(reading, index):
        return not reading.is_place(index)
    if _is_told_to(reading, index):
        return not reading.is_town(index)
    if follows_place_cue(reading, index):
        return False
    if _is_done_to(reading, index):
        return True
    is_free = not reading.is_town(index) and (reading.names[index] is not None or not reading.is_place(index))
    return is_free and (
        _follows(reading, index, "taken")
        or _follows(reading, index, "beside")
        or _owns(reading, index)
        or _is_source(reading, index)
        or _is_named_with_role(reading, index)
        or _acts(reading, index)
    )


def _has_age(reading: Reading, index: int) -> bool:
    """`sira, 14 ans`, `assa(9ans)`: whose age is told right after the word."""
    after = index + 1
    if after >= len(reading.words) or not _is_word(reading, after, "years"):
        return False
    return bool(_AGE.fullmatch(reading.words[after].gap))


def _is_done_to(reading: Reading, index: int) -> bool:
    """After what is done to people only even a town's name is a person's, if the list knows it as one."""
    if not (_follows(reading, index, "persons_only") or _is_bambara_object(reading, index)):
        return False
    name = reading.names[index]
    return not reading.is_town(index) or (name is not None and name.clarity is not Clarity.PLACE)


def _owns(reading: Reading, index: int) -> bool:
    """`la boutique de yacou`, `the house of hadiza`."""
    return _follows(reading, index, "belonging_links") and _is_word(reading, index - 2, "belongings")


def _is_told_to(reading: Reading, index: int) -> bool:
    """`demandez à mah`: after a verb of telling or giving, `à` names a person."""
    is_after_to = index > 1 and reading.words[index].follows_closely and _folded(reading, index - 1) == "a"
    return is_after_to and _is_word(reading, index - 2, "told")


def _is_source(reading: Reading, index: int) -> bool:
    """`d'après kissima`."""
    return _follows(reading, index, "source") and _is_word(reading, index - 2, "before_source")


def _is_bambara_object(reading: Reading, index: int) -> bool:
    """`polisiw ye zan siri`, `u ye yusufu togo faga`: in Bambara whom it is done to stands before the verb."""
    if not reading.is_bambara or reading.words[index].folded.endswith("w"):
        return False
    if not _follows(reading, index, "bambara_subject_marks"):
        return False
    return any(_is_close_word(reading, after, "bambara_acts") for after in (index + 1, index + 2))


def _is_named_with_role(reading: Reading, index: int) -> bool:
    """`monzon le peseur`, `ben le boutiquier`: who is told apart by kin or trade."""
    role = index + 2
    if role >= len(reading.words) or not _is_word(reading, index + 1, "named_role"):
        return False
    is_close = reading.words[index + 1].follows_closely and reading.words[role].follows_closely
    return is_close and _folded(reading, role) in (
        frame_words(Strength.OFFICE) | frame_words(Strength.KINSHIP)
    )


def _acts(reading: Reading, index: int) -> bool:
    """`le moto taxi zié a été arrêté`, `zoumba m'a dit`: a word no model knows, where somebody does something."""
    if not reading.is_unknown(index) or not _precedes_verb(reading, index):
        return False
    is_noun = (
        index > 0 and reading.words[index].follows_closely and _is_word(reading, index - 1, "determiners")
    )
    return reading.names[index] is not None or not is_noun


def _precedes_verb(reading: Reading, index: int) -> bool:
    """An auxiliary, a verb of saying, or an auxiliary after a pronoun (`m'a`, `s'est`, `nous a`)."""
    if not _is_close_word(reading, index + 1, "speaks"):
        pronoun = _is_close_word(reading, index + 1, "pronouns")
        return _is_close_word(reading, index + 2 if pronoun else index + 1, "subject_auxiliaries")
    return True


def _is_close_word(reading: Reading, index: int, kind: str) -> bool:
    return (
        index < len(reading.words) and reading.words[index].follows_closely and _is_word(reading, index, kind)
    )


def _follows(reading: Reading, index: int, kind: str) -> bool:
    return index > 0 and reading.words[index].follows_closely and _is_word(reading, index - 1, kind)


def _is_word(reading: Reading, index: int, kind: str) -> bool:
    return index >= 0 and _folded(reading, index) in cue_words("slot", kind)


def _folded(reading: Reading, index: int) -> str:
    return reading.words[index].folded
