"""The voice of the frames: words that an announcement (`nommé`, `Cdt`, `mon frère`, `Ag`) makes a name."""

from __future__ import annotations

from workers.anonymise.cues import cue_words
from workers.anonymise.evidence import Reading
from workers.anonymise.frames import FrameMatch, Strength, leads_on
from workers.anonymise.place_context import follows_place_cue

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
_LONGEST = 5
_ARTICLES = frozenset({"le", "la", "l"})
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
    if first is None or not _may_begin(reading, first, match):
        return
    joins_names = match.strength is Strength.NICKNAME and reading.is_name(match.first - 1)
    for index in range(match.first if joins_names else first, _end_of_announced(reading, first, match)):
        reading.evidence[index].add(f"frame:{match.strength}", _WEIGHTS[match.strength])


def _end_of_announced(reading: Reading, first: int, match: FrameMatch) -> int:
    if _is_surely_sobriquet(reading, match):
        return max(_end_of_sobriquet(reading, first), _end_of_lower_sobriquet(reading, first))
    is_everyday = reading.stands_out(first) and reading.is_ordinary(first)  # `Aliou dit Gros Bras`
    is_sobriquet = match.strength is Strength.NICKNAME and is_everyday
    is_sobriquet = (
        is_sobriquet or match.strength is Strength.SOBRIQUET or reading.words[first].folded in _ARTICLES
    )
    return _end_of_sobriquet(reading, first) if is_sobriquet else _end_of_name(reading, first)


def _is_surely_sobriquet(reading: Reading, match: FrameMatch) -> bool:
    """`alias`, `surnommé`: unlike `on appelle`, what follows is a nickname even if it is made of everyday words."""
    if match.strength is not Strength.SOBRIQUET or reading.case_tells:
        return False
    words = {word.folded for word in reading.words[match.first : match.after]}
    return not words.isdisjoint(cue_words("naming", "sure_sobriquets"))


def _end_of_lower_sobriquet(reading: Reading, first: int) -> int:
    """Two words at most, past an article: `surnommé vieux père`."""
    end = first + 1
    longest = first + (3 if reading.words[first].folded in _ARTICLES else 2)
    while end < min(longest, len(reading.words)) and _continues_sobriquet(reading, end):
        end += 1
    return end


def _continues_sobriquet(reading: Reading, index: int) -> bool:
    is_end = reading.words[index].folded in cue_words("naming", "ends_sobriquets")
    return reading.words[index].follows_closely and not is_end and not reading.is_force(index)


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


def _may_begin(reading: Reading, index: int, match: FrameMatch) -> bool:
    if reading.is_force(index):
        return False
    if match.strength is Strength.NAMING:
        return _may_be_named(reading, index) and not _is_no_name_after_link(reading, index, match)
    if match.strength is Strength.FIELD:
        return _may_fill_field(reading, index)
    if _is_surely_sobriquet(reading, match):
        return reading.words[index].folded not in cue_words("naming", "ends_sobriquets")
    if match.strength is Strength.SOBRIQUET:
        return reading.has_capital(index) or not reading.is_ordinary(index)
    if match.strength is Strength.NICKNAME:
        return _may_be_nickname(reading, index, match)
    if match.strength is Strength.TITLE:
        return _may_follow_title(reading, index)
    return _may_follow_loosely(reading, index, match)


def _may_be_named(reading: Reading, index: int) -> bool:
    if reading.is_ordinary(index):
        return reading.has_capital(index) and reading.names[index] is not None
    return True


def _is_no_name_after_link(reading: Reading, index: int, match: FrameMatch) -> bool:
    """`au nom de la religion`, `signé la pétition`, `s'appelle comme moi`: a common word past an article."""
    if reading.words[index].is_capital or not reading.is_common(index):
        return False
    return reading.case_tells or index > match.after or reading.words[index - 1].folded in _ARTICLES


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


def _end_of_sobriquet(reading: Reading, first: int) -> int:
    """A nickname goes on while capitals do (`Petit Cheval`); without capitals it is a name like others."""
    end = first + (2 if reading.words[first].folded in _ARTICLES else 1)
    while end < len(reading.words) and reading.words[end].follows_closely and reading.stands_out(end):
        end += 1
    return min(max(end, _end_of_name(reading, first)), len(reading.words))


def _end_of_name(reading: Reading, first: int) -> int:
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


def _hear_filiation(reading: Reading, match: FrameMatch) -> None:
    """`Rhissa Ag Moussa`, `ould Baba`: the particle, the word after it, and the word before it."""
    after = match.after
    if after >= len(reading.words) or not reading.words[after].follows_closely:
        return
    if (reading.is_ordinary(after) or reading.is_common(after)) and not reading.has_capital(after):
        return
    weight = _WEIGHTS[match.strength]
    for index in range(match.first, _end_of_name(reading, after)):
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
