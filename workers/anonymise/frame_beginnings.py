"""Where a name begins: which word after an announcement (`nommé`, `Cdt`, `mon frère`) it makes a name's first."""

from __future__ import annotations

from workers.anonymise.cues import cue_words
from workers.anonymise.evidence import Reading
from workers.anonymise.frames import FrameMatch, Strength

ARTICLES = frozenset({"le", "la", "l"})
"""Words that a nickname may begin with (`alias le Vieux`), and that show a common word elsewhere."""


def may_begin(reading: Reading, index: int, match: FrameMatch) -> bool:
    """Whether the word at `index` may be the first of the name that `match` announces."""
    if reading.is_force(index):
        return False
    if match.strength is Strength.NAMING:
        return _may_be_named(reading, index) and not _is_no_name_after_link(reading, index, match)
    if match.strength is Strength.FIELD:
        return _may_fill_field(reading, index)
    if is_surely_sobriquet(reading, match):
        return reading.words[index].folded not in cue_words("naming", "ends_sobriquets")
    if match.strength is Strength.SOBRIQUET:
        return reading.has_capital(index) or not reading.is_ordinary(index)
    if match.strength is Strength.NICKNAME:
        return _may_be_nickname(reading, index, match)
    if match.strength is Strength.TITLE:
        return _may_follow_title(reading, index)
    return _may_follow_loosely(reading, index, match)


def is_surely_sobriquet(reading: Reading, match: FrameMatch) -> bool:
    """`alias`, `surnommé`: unlike `on appelle`, what follows is a nickname even if it is made of everyday words."""
    if match.strength is not Strength.SOBRIQUET or reading.case_tells:
        return False
    words = {word.folded for word in reading.words[match.first : match.after]}
    return not words.isdisjoint(cue_words("naming", "sure_sobriquets"))


def _may_be_named(reading: Reading, index: int) -> bool:
    if reading.is_ordinary(index):
        return reading.has_capital(index) and reading.names[index] is not None
    return True


def _is_no_name_after_link(reading: Reading, index: int, match: FrameMatch) -> bool:
    """`au nom de la religion`, `signé la pétition`, `s'appelle comme moi`: a common word past an article."""
    if reading.words[index].is_capital or not reading.is_common(index):
        return False
    return reading.case_tells or index > match.after or reading.words[index - 1].folded in ARTICLES


def _may_fill_field(reading: Reading, index: int) -> bool:
    """After `nom`: what a colon, the list or a capital supports, not the verb of `que son nom sorte`."""
    is_supported = ":" in reading.words[index].gap or reading.names[index] is not None
    return (is_supported or reading.stands_out(index)) and _may_be_named(reading, index)


def _may_be_nickname(reading: Reading, index: int, match: FrameMatch) -> bool:
    """After a name (`Amadou dit Tchè`) anything but a verb's complement; elsewhere `dit` is mostly a verb."""
    after_name = match.first > 0 and reading.is_name(match.first - 1)
    if after_name:
        return reading.words[index].folded not in cue_words("naming", "never_nicknames")
    return reading.has_capital(index) and not reading.is_ordinary(index) and not reading.is_place(index)


def _may_follow_title(reading: Reading, index: int) -> bool:
    """After `mr` or `cdt` any word that is not of everyday language, and no town."""
    if reading.is_ordinary(index):
        return reading.names[index] is not None and reading.has_capital(index)
    if reading.names[index] is not None or reading.has_capital(index):
        return True
    return not (reading.is_place(index) or _is_verb_like(reading, index))


def _is_verb_like(reading: Reading, index: int) -> bool:
    """`la dame rassemble`, `le commandant jure`: a common word without a capital after a title or a rank."""
    return not reading.words[index].is_capital and reading.is_common(index)


def _may_follow_loosely(reading: Reading, index: int, match: FrameMatch) -> bool:
    """After kinship, an office or `je suis`: a listed name, or a capital no list explains."""
    gap = reading.words[index].gap
    is_apposed = "," in gap and _may_be_apposed(reading, index, match)
    if not (reading.words[index].follows_closely or ":" in gap or is_apposed):
        return False
    if _is_only_place(reading, index, match):
        return False
    if reading.is_ordinary(index):
        return reading.stands_out(index) and reading.names[index] is not None
    if reading.names[index] is not None and match.strength not in {Strength.SELF, Strength.MENTION}:
        return True
    if not reading.case_tells:
        return (
            reading.is_unknown(index) or reading.is_clear_name(index) or _follows_rank(reading, index, match)
        )
    is_field = ":" in gap and reading.has_capital(index) and reading.is_unknown(index)
    return is_field or reading.stands_out(index) or reading.is_clear_name(index)


def _may_be_apposed(reading: Reading, index: int, match: FrameMatch) -> bool:
    """`son fils, Yaya`; after an office only between two commas: `un gardien, Yoro, nous a dit`."""
    if not reading.stands_out(index):
        return False
    after = index + 1
    is_enclosed = after < len(reading.words) and reading.words[after].gap.lstrip().startswith(",")
    is_new = reading.names[index] is not None or reading.is_unknown(index)
    return match.strength is Strength.KINSHIP or (
        match.strength is Strength.OFFICE and is_enclosed and is_new
    )


def _is_only_place(reading: Reading, index: int, match: FrameMatch) -> bool:
    """A place that is no listed name; right after an office (`le gardien Souley`) a small one is hardly meant."""
    if not reading.is_place(index) or reading.names[index] is not None:
        return False
    is_after_office = match.strength is Strength.OFFICE and reading.stands_out(index)
    return reading.is_town(index) or not is_after_office


def _follows_rank(reading: Reading, index: int, match: FrameMatch) -> bool:
    """`le lieutenant dao`: after a rank a word that no list knows is a name, even if a model has met it."""
    is_rank = reading.words[match.after - 1].folded in cue_words("clause", "ranks")
    return is_rank and not reading.is_inflected(index) and not _is_verb_like(reading, index)
