"""The voice of the frames: words that an announcement (`nommé`, `Cdt`, `mon frère`, `Ag`) makes a name."""

from __future__ import annotations

from workers.anonymise.cues import cue_words
from workers.anonymise.evidence import Reading
from workers.anonymise.frame_beginnings import may_begin
from workers.anonymise.frame_ends import end_of_announced, end_of_name
from workers.anonymise.frames import FrameMatch, Strength, leads_on

_WEIGHTS = {
    Strength.NAMING: 0.9,
    Strength.FIELD: 0.8,
    Strength.TITLE: 0.75,
    Strength.OFFICE: 0.6,
    Strength.KINSHIP: 0.6,
    Strength.MENTION: 0.5,
    Strength.NICKNAME: 0.7,
    Strength.SOBRIQUET: 0.85,
    Strength.FILIATION: 0.85,
    Strength.SELF: 0.5,
    Strength.POSSESSOR: 0.6,
    Strength.PARTICLE: 0.6,
}
_LINKED = frozenset({Strength.NAMING, Strength.NICKNAME, Strength.SOBRIQUET})


def hear_frames(reading: Reading) -> None:
    """Find every announcement and weigh the words it makes names."""
    for match in reading.frames:
        _keep_title_readable(reading, match)
        _hear_bearer(reading, match)
        if match.strength is Strength.POSSESSOR:
            _hear_possessor(reading, match)
        elif match.strength in {Strength.FILIATION, Strength.PARTICLE}:
            _hear_filiation(reading, match)
        else:
            _hear_announced(reading, match)


def _keep_title_readable(reading: Reading, match: FrameMatch) -> None:
    """`Cdt` and `n fa` stay, only the name goes; a title that is a name too (`Thierno`) is left to the other voices."""
    is_own_kin = match.strength is Strength.KINSHIP and match.after - match.first > 1
    if match.strength not in {Strength.TITLE, Strength.OFFICE} and not is_own_kin:
        return
    if _is_initials(reading, match.first):
        return
    for index in range(match.first, match.after):
        if is_own_kin or reading.names[index] is None:
            reading.evidence[index].silence()


def _is_initials(reading: Reading, index: int) -> bool:
    """The `M.` of `M.K.` is no title."""
    pair = reading.words[index : index + 2]
    return len(pair) == 2 and all(len(word.text) == 1 for word in pair)


def _hear_bearer(reading: Reading, match: FrameMatch) -> None:
    """`Hama, surnommé…`, `Vieux dit…`: who bears a nickname is a person, however doubtful the name alone."""
    before = match.first - 1
    if match.strength not in _LINKED or before < 0:
        return
    is_near = reading.words[match.first].gap.strip(" ,(") == ""
    if is_near and match.strength is Strength.SOBRIQUET and _may_bear_sobriquet(reading, before):
        reading.evidence[before].add(f"frame:{match.strength}", _WEIGHTS[Strength.KINSHIP])
    if is_near and reading.words[before].is_capital and reading.names[before] is not None:
        reading.evidence[before].add(f"frame:{match.strength}", _WEIGHTS[Strength.KINSHIP])


def _may_bear_sobriquet(reading: Reading, index: int) -> bool:
    """`oumar alias commando` without capitals: before `alias`, what is no everyday word and no common one."""
    if reading.case_tells or reading.is_ordinary(index):
        return False
    return reading.names[index] is not None or reading.is_uncommon(index)


def _hear_announced(reading: Reading, match: FrameMatch) -> None:
    first = _skip_links(reading, match)
    if first is None or not may_begin(reading, first, match):
        return
    joins_names = match.strength is Strength.NICKNAME and reading.is_name(match.first - 1)
    for index in range(match.first if joins_names else first, end_of_announced(reading, first, match)):
        reading.evidence[index].add(f"frame:{match.strength}", _WEIGHTS[match.strength])


def _skip_links(reading: Reading, match: FrameMatch) -> int | None:
    """The first word of the announced name, past `est`, `ko`, `ye`…, when nothing separates it."""
    index = match.after
    if match.strength in _LINKED:
        while index < len(reading.words) and _is_link(reading, index):
            index += 1
    if index >= len(reading.words):
        return None
    return index if all(leads_on(word.gap) for word in reading.words[match.after : index + 1]) else None


def _is_link(reading: Reading, index: int) -> bool:
    return reading.words[index].folded in cue_words("naming", "links") and not reading.has_capital(index)


def _hear_filiation(reading: Reading, match: FrameMatch) -> None:
    """`Rhissa Ag Moussa`, `ould Baba`: the particle, the word after it, and the word before it."""
    after = match.after
    if after >= len(reading.words) or not reading.words[after].follows_closely:
        return
    if (reading.is_ordinary(after) or reading.is_common(after)) and not reading.has_capital(after):
        return
    weight = _WEIGHTS[match.strength]
    for index in range(match.first, end_of_name(reading, after)):
        reading.evidence[index].add(f"frame:{match.strength}", weight)
    before = match.first - 1
    if before >= 0 and reading.words[match.first].follows_closely and _may_precede_particle(reading, before):
        reading.evidence[before].add(f"frame:{match.strength}", weight)


def _may_precede_particle(reading: Reading, index: int) -> bool:
    if reading.is_ordinary(index) or reading.is_force(index):
        return False
    return reading.has_capital(index) or not reading.case_tells or reading.names[index] is not None


def _hear_possessor(reading: Reading, match: FrameMatch) -> None:
    """Bambara `Amadou ka muso`: the owner stands before."""
    before = match.first - 1
    if before < 0 or reading.is_ordinary(before) or reading.is_force(before):
        return
    is_new_owner = reading.is_bambara and not reading.case_tells and reading.is_uncommon(before)
    if reading.names[before] is not None or reading.stands_out(before) or is_new_owner:
        reading.evidence[before].add(f"frame:{match.strength}", _WEIGHTS[match.strength])
