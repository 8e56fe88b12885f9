"""The statistical tagger as one voice: trusted with natural case, and only with support where case says nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workers.anonymise.evidence import Reading
from workers.anonymise.place_context import follows_place_cue

_NATURAL = 0.55
_TRUECASED = 0.45
_TRUECASED_UNKNOWN, _TRUECASED_AMONG_UNKNOWN = 0.5, 0.5
_AMONG_HEARD = 0.4
_FOREIGN_OPENING = 0.4
_AFTER_PLACE_CUE = 0.6
_ACRONYM = 0.4
_INFLECTED_OPENING = 0.3


def question(reading: Reading, text: str) -> str:
    """What the model is shown: the text, or its truecased copy where case is missing, or nothing.

    It is the slowest voice by far, so it is asked only where a word is in doubt that it could decide.
    """
    if not any(_could_decide(reading, index) for index in range(len(reading.words))):
        return ""
    return text if reading.case_tells else truecased(reading, text)


def hear_tagger(reading: Reading, persons: Iterable[tuple[int, int]]) -> None:
    """Weigh the words of every person the model saw; persons are given as stretches of the text."""
    for start, end in persons:
        for index in _words_within(reading, start, end):
            _hear_word(reading, index)


def _could_decide(reading: Reading, index: int) -> bool:
    """A word that is no name yet and that no list explains: with a capital, listed but doubtful, or unknown."""
    if reading.is_name(index) or reading.is_ordinary(index) or reading.is_force(index):
        return False
    if reading.is_place(index) and (reading.is_town(index) or follows_place_cue(reading, index)):
        return False
    if reading.case_tells:
        return reading.words[index].is_capital
    return reading.names[index] is not None or (reading.is_french and reading.is_unknown(index))


def truecased(reading: Reading, text: str) -> str:
    """The text with capitals where the lists expect them; every character stays in its place."""
    letters = list(text)
    for index, word in enumerate(reading.words):
        expects_capital = (
            reading.names[index] is not None or reading.is_place(index) or reading.is_unknown(index)
        )
        named = expects_capital and not reading.is_ordinary(index)
        recased = word.text.lower()
        recased = recased[0].upper() + recased[1:] if named or word.start == 0 else recased
        if len(recased) == len(word.text):
            letters[word.start : word.end] = recased
    return "".join(letters)


def _words_within(reading: Reading, start: int, end: int) -> Iterator[int]:
    for index, word in enumerate(reading.words):
        if word.start >= end:
            return
        if word.end > start:
            yield index


def _hear_word(reading: Reading, index: int) -> None:
    if reading.is_ordinary(index) or reading.is_force(index) or reading.words[index].is_initial:
        return
    if reading.is_said_no_name(index):
        return
    in_place_context = follows_place_cue(reading, index)
    is_known_place = reading.is_place(index) and (in_place_context or reading.is_town(index))
    if is_known_place and (in_place_context or not reading.is_clear_name(index)):
        return
    weight = _weight_with_case(reading, index) if reading.case_tells else _weight_without_case(reading, index)
    reading.evidence[index].add("tagger", weight * _AFTER_PLACE_CUE if in_place_context else weight)


def _weight_with_case(reading: Reading, index: int) -> float:
    """Outside French the model takes any unknown word that begins a sentence for a name."""
    if not reading.words[index].is_capital:
        return 0.0
    if reading.is_acronym(index):
        return _ACRONYM
    if _is_word_that_opens(reading, index):
        return _INFLECTED_OPENING
    is_foreign_opening = reading.words[index].opens_sentence and not reading.is_french
    return _FOREIGN_OPENING if is_foreign_opening else _NATURAL


def _is_word_that_opens(reading: Reading, index: int) -> bool:
    """`Convoqués hier…`, `Livraison ce soir`: the capital is the sentence's, the word French or cut short."""
    if not reading.words[index].opens_sentence or reading.names[index] is not None:
        return False
    return reading.is_inflected(index) or reading.is_common(index) or reading.is_cut_short(index)


def _weight_without_case(reading: Reading, index: int) -> float:
    if reading.names[index] is not None:
        return _TRUECASED
    if not reading.is_french or not reading.is_unknown(index):
        return 0.0
    if reading.is_spelt_by_sound:
        return _AMONG_HEARD
    return _TRUECASED_UNKNOWN if reading.has_few_unknown else _TRUECASED_AMONG_UNKNOWN
