"""The voice of the lists: words known as names, weighed by clarity, by case and by what stands around them."""

from __future__ import annotations

from workers.anonymise.cues import cue_words
from workers.anonymise.evidence import Reading
from workers.anonymise.frames import Strength, frame_words
from workers.anonymise.lexicon import Clarity
from workers.anonymise.numerals import number_words
from workers.anonymise.place_context import follows_place_cue

_LOWER = {Clarity.CLEAR: 0.8, Clarity.RARE: 0.4, Clarity.SHORT: 0.25, Clarity.PLACE: 0.1, Clarity.WORD: 0.1}
_CAPITAL = {Clarity.CLEAR: 0.9, Clarity.RARE: 0.6, Clarity.SHORT: 0.5, Clarity.PLACE: 0.2, Clarity.WORD: 0.4}
_BY_SOUND = 0.8
_OPENING_SENTENCE = 0.8
_AFTER_PLACE_WORD = 0.4
_SHORTEST_JOINED = 3
_STANDING_OUT = 0.5


def hear_lists(reading: Reading) -> None:
    """Weigh every listed name, then let given and family names that meet strengthen each other."""
    for index in range(len(reading.words)):
        _hear_word(reading, index)
        if reading.is_force(index):
            reading.evidence[index].silence()
    for index in range(1, len(reading.words)):
        _hear_pair(reading, index)


def hear_unexplained_capitals(reading: Reading) -> None:
    """A capital inside a sentence on a word that no list and no model knows may be a name."""
    for index in range(len(reading.words)):
        is_new = reading.stands_out(index) and reading.is_unknown(index) and not reading.is_acronym(index)
        if is_new and not _stands_like_place(reading, index):
            reading.evidence[index].add("unexplained capital", 0.3)


def _stands_like_name(reading: Reading, index: int) -> bool:
    """`Polisiw ye Zan siri`: a capital that neither the sentence, everyday language nor a place explains."""
    if not reading.stands_out(index) or _is_usual_capital(reading, index):
        return False
    is_known_town = reading.is_town(index) and not reading.is_bambara
    return not (is_known_town or _stands_like_place(reading, index))


def _is_usual_capital(reading: Reading, index: int) -> bool:
    """Days, months, kin and acronyms are written with a capital often enough; `Vieux` inside a sentence is not."""
    word = reading.words[index]
    is_acronym = word.text.isupper() and len(word.text) > 1
    return reading.is_ordinary(index) and (is_acronym or word.folded in cue_words("clause", "often_capital"))


def _stands_like_place(reading: Reading, index: int) -> bool:
    after = index + 1
    has_postposition = (
        not reading.is_french
        and after < len(reading.words)
        and reading.words[after].folded in cue_words("place", "postpositions")
    )
    return has_postposition or follows_place_cue(reading, index) or len(reading.words[index].text) < 3


def _hear_word(reading: Reading, index: int) -> None:
    name = reading.names[index]
    if name is None:
        return
    weight = (_CAPITAL if reading.has_capital(index) else _LOWER)[name.clarity]
    if name.clarity is Clarity.RARE and reading.is_french:
        weight = max(weight, 0.5)
    if not name.is_exact:
        weight *= _BY_SOUND
    if reading.is_ordinary(index) and not reading.has_capital(index):
        weight = min(weight, _LOWER[Clarity.SHORT])
    if name.clarity <= Clarity.SHORT and not reading.stands_out(index):
        weight *= _OPENING_SENTENCE
    if name.clarity is Clarity.WORD and _stands_like_name(reading, index):
        weight = max(weight, _STANDING_OUT)
    if reading.is_place(index) and follows_place_cue(reading, index):
        weight *= _AFTER_PLACE_WORD
    reading.evidence[index].add("list", weight)


def _hear_pair(reading: Reading, index: int) -> None:
    """Two words in a row that can be given and family name: `awa sow`, `Sikasso Traoré`, `Moussa Kita`."""
    if not reading.words[index].follows_closely:
        return
    first, second = index - 1, index
    if _is_hyphenated_name(reading, first, second):
        reading.evidence[first].add("list", 0.9)
        reading.evidence[second].add("list", 0.9)
    _hear_unusual_forename(reading, first, second)
    if reading.is_clear_name(first) and _can_be_surname(reading, second):
        reading.evidence[second].add("pair", 0.6)
        reading.evidence[first].add("pair", 0.5)
    if reading.is_clear_name(second) and _can_be_forename(reading, first, second):
        reading.evidence[first].add("pair", 0.6)
        reading.evidence[second].add("pair", 0.5)


def _hear_unusual_forename(reading: Reading, first: int, family: int) -> None:
    """`Cinquante Diarra a…`, `petit jean`, `au nommé Bonheur Koné`: an everyday word that a name follows."""
    name = reading.names[family]
    if name is None or not reading.is_clear_name(family) or not reading.is_ordinary(first):
        return
    is_free = not (
        first and reading.words[first].follows_closely and _is_cue(reading, first - 1, "determiners")
    )
    if name.is_given and is_free and _is_cue(reading, first, "sizes"):
        reading.evidence[first].add("pair", 0.5)
    if name.is_family and is_free and _may_be_unusual(reading, first, family):
        reading.evidence[first].add("pair", 0.5)


def _may_be_unusual(reading: Reading, first: int, family: int) -> bool:
    """A capital inside a sentence, or a numeral before one person's family name and a verb in the singular."""
    if reading.stands_out(first) and reading.has_capital(family):
        is_usual = reading.words[first].folded in cue_words("clause", "often_capital")
        return not (is_usual or reading.is_acronym(first) or _announces(reading, first))
    is_numeral = reading.words[first].folded in number_words()
    after = family + 1
    return is_numeral and after < len(reading.words) and _is_cue(reading, after, "singular")


def _announces(reading: Reading, index: int) -> bool:
    return any(
        reading.words[index].folded in frame_words(strength)
        for strength in (Strength.OFFICE, Strength.TITLE, Strength.KINSHIP, Strength.MENTION)
    )


def _is_cue(reading: Reading, index: int, kind: str) -> bool:
    return reading.words[index].folded in cue_words("slot", kind)


def _is_hyphenated_name(reading: Reading, first: int, second: int) -> bool:
    """Two parts that the list knows as one name: `Dieu-Donné`, `Jean-Baptiste`, `dieu donne dembele`."""
    is_joined = "-" in reading.words[second].gap
    if min(len(reading.words[first].text), len(reading.words[second].text)) < _SHORTEST_JOINED:
        return False
    is_before_name = second + 1 < len(reading.words) and reading.is_clear_name(second + 1)
    if not is_joined and not is_before_name:
        return False
    whole = reading.lexicon.names.get(reading.words[first].folded + reading.words[second].folded)
    return whole is not None and whole.clarity >= Clarity.RARE


def _can_be_surname(reading: Reading, index: int) -> bool:
    if reading.names[index] is not None:
        return reading.has_capital(index) or not reading.is_ordinary(index) or _is_alone_after(reading, index)
    return reading.is_place(index) and reading.has_capital(index) and not reading.is_ordinary(index)


def _is_alone_after(reading: Reading, index: int) -> bool:
    """A word that is also a name and closes the message or the clause: `j'ai vu moussa bah.`"""
    return index + 1 == len(reading.words) or not reading.words[index + 1].follows_closely


def _can_be_forename(reading: Reading, index: int, family: int) -> bool:
    name, family_name = reading.names[index], reading.names[family]
    if name is not None and (reading.has_capital(index) or not reading.is_ordinary(index)):
        return True
    is_family = family_name is not None and family_name.is_family
    return is_family and (name is not None or _is_place_without_cue(reading, index))


def _is_place_without_cue(reading: Reading, index: int) -> bool:
    is_written_alike = reading.words[index].is_capital == reading.words[index + 1].is_capital
    return reading.is_place(index) and is_written_alike and not follows_place_cue(reading, index)
