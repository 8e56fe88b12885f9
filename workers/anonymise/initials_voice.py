"""The voice of the initials: `M.K.`, `A. T.`, `soumaila c`, `S Koné`; single letters that stand for a name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workers.anonymise.cues import cue_words
from workers.anonymise.evidence import Reading
from workers.anonymise.frames import Strength, frame_words
from workers.anonymise.place_context import follows_place_cue

_PAIR, _BESIDE_NAME = 0.6, 0.6
_MOST_INITIALS = 3
_DOTTED = re.compile(r"\.[ \u00a0]?")
_VOWELS = frozenset("aeiouyéèêàâîïôûü")


def hear_initials(reading: Reading) -> None:
    """Weigh runs of dotted initials, then single letters directly beside a name."""
    for run in _dotted_runs(reading):
        for index in run:
            reading.evidence[index].add("initials", _PAIR)
    for index, word in enumerate(reading.words):
        if len(word.text) == 1 and not reading.is_name(index) and _abbreviates_name(reading, index):
            reading.evidence[index].add("initial", _BESIDE_NAME)


def is_consonant_before_consonant(reading: Reading, index: int) -> bool:
    """`S Koné`: no elision, which needs a vowel after it (`l'homme`, `n'est`)."""
    if index + 1 >= len(reading.words):
        return False
    following = reading.words[index + 1].text[0].lower()
    return reading.words[index].text.lower() not in _VOWELS and following not in _VOWELS


def _dotted_runs(reading: Reading) -> Iterator[list[int]]:
    run: list[int] = []
    for index in range(len(reading.words)):
        if run and not (_is_letter(reading, index) and _continues(reading, run[-1], index)):
            yield from _as_initials(reading, run)
            run = []
        if _is_letter(reading, index):
            run.append(index)
    yield from _as_initials(reading, run)


def _continues(reading: Reading, before: int, index: int) -> bool:
    """A dot between, and the same case: the `a` of `M.K. a disparu` is a verb."""
    is_alike = reading.words[before].is_capital == reading.words[index].is_capital
    return is_alike and _DOTTED.fullmatch(reading.words[index].gap) is not None


def _is_letter(reading: Reading, index: int) -> bool:
    return len(reading.words[index].text) == 1


def _as_initials(reading: Reading, run: list[int]) -> Iterator[list[int]]:
    """Two or three letters of one case, no abbreviation, no elided word, where no place is expected."""
    if not 2 <= len(run) <= _MOST_INITIALS or follows_place_cue(reading, run[0]):
        return
    letters = "".join(reading.words[index].text for index in run)
    is_abbreviation = letters.lower() in cue_words("initials", "abbreviations") | reading.lexicon.forces
    is_abbreviation = is_abbreviation and not _follows_person_word(reading, run[0])
    is_compact = all(reading.words[index].gap == "." for index in run[1:])
    is_whole = letters.isupper() or is_compact or (not reading.case_tells and _is_dotted(reading, run[-1]))
    if is_whole and not is_abbreviation and (letters.isupper() or letters.islower()):
        yield run


def _follows_person_word(reading: Reading, index: int) -> bool:
    """`mon patron o.k`: after kin or an office even the letters of an abbreviation are somebody's initials."""
    if index == 0 or not reading.words[index].follows_closely:
        return False
    before = reading.words[index - 1].folded
    return before in frame_words(Strength.KINSHIP) or before in frame_words(Strength.OFFICE)


def _abbreviates_name(reading: Reading, index: int) -> bool:
    """A letter after a name that is no elided word, or before a name with a dot or a consonant after it."""
    return _follows_name(reading, index) or _precedes_name(reading, index)


def _follows_name(reading: Reading, index: int) -> bool:
    word = reading.words[index]
    if not word.follows_closely or not reading.is_name(index - 1) or "." in word.gap:
        return False
    if _is_dotted(reading, index):
        return True
    return reading.is_european and not word.opens_sentence and not _is_small_word(reading, index)


def _precedes_name(reading: Reading, index: int) -> bool:
    after = index + 1
    if after >= len(reading.words) or not reading.words[after].follows_closely or not reading.is_name(after):
        return False
    letter = reading.words[index].text.lower()
    if _is_dotted(reading, index):
        return letter not in cue_words("initials", "titles")
    return letter not in cue_words("initials", "small_words_before") and is_consonant_before_consonant(
        reading, index
    )


def _is_dotted(reading: Reading, index: int) -> bool:
    after = index + 1
    gap = reading.words[after].gap if after < len(reading.words) else ""
    return gap.startswith(".") and not reading.words[index].gap.endswith(("'", "’"))


def _is_small_word(reading: Reading, index: int) -> bool:
    """`moussa a`, `moussa n est pas`, `moussa m a dit`: a word of its own, or one that lost its apostrophe."""
    letter = reading.words[index].text.lower()
    if letter in cue_words("initials", "small_words_after"):
        return True
    following = reading.words[index + 1] if index + 1 < len(reading.words) else None
    if following is None or following.gap.strip(" '’"):
        return False
    is_before_vowel = letter in cue_words("initials", "elided") and following.text[0].lower() in _VOWELS
    return is_before_vowel or letter + following.folded in cue_words("initials", "elisions")
