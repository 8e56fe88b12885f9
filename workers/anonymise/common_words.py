"""Common words of French (and of other languages that French pages hold), however an SMS spells them.

The list names no one: a name of `personal_names.csv` is never in it, nor a word that is written with a capital
more often than without. It tells words that are merely new to the lists of everyday words (`renvoie`, `campeman`) from
names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from workers.anonymise.lexicon import load_lexicon, vocabulary
from workers.sound_rules import SoundRules

_VERY_COMMON, _COMMON = 8_000, 25_000
_SHORTEST_SOUND, _SHORTEST_COMMON_SOUND = 4, 5
_LONG_WORD = 7
_ELIDED = re.compile(r"(?:[ldnmsjtkcz]|qu)(?=[aeiouyh])|j(?=[^aeiouy])")
_SHORTEST_ELIDED = 5
_SHORTEST_STEM = 3
_ENGLISH_ENDING = re.compile(r"(?:ing|ed|es|s|ers?|ly)$")
# How French is heard: silent endings go, spellings of one sound become one. In this order.
_HEARD = SoundRules(
    (None, written, sound)
    for written, sound in (
        (r"(?:ç|sc(?=[eiy])|c(?=[eiy]))", "s"),
        (r"gu(?=[eiy])", "G"),
        (r"g(?=[eiy])", "j"),
        (r"(?:aient|ait|ais|ees?|ers?|ez|ets?|es|ai|e|(?<!e)[xtsdp]+)$", ""),
        (r"(?:tch|ch|sh)", "S"),
        (r"(?<=[aio])[st]ion", "sO"),
        (r"(?:qu|ck|q|c)", "k"),
        (r"(?:eau|au|hau)", "o"),
        (r"(?:oin)", "wI"),
        (r"(?:oi|oy|oua|ua|wa)", "W"),
        (r"(?:oeu|oe)", "u"),
        (r"ph", "f"),
        (r"h", ""),
        (r"gn", "N"),
        (r"(?:z|ss)", "s"),
        (r"(?:ill|il$|ll$|y)", "i"),
        (r"(?:ain|ein|aim|im|in|un)(?![aeiouymn])", "I"),
        (r"[ae][nm](?![aeiouymn])", "A"),
        (r"o[nm](?![aeiouymn])", "O"),
        (r"(?:ai|ei)", "e"),
        (r"(?:ou|eu)", "u"),
        (r"x", "ks"),
        (r"G", "g"),
        (r"(.)\1+", r"\1"),
    )
)


@lru_cache(maxsize=16384)
def french_sound(folded: str) -> str:
    """What a folded word sounds like in French: `campement` and `campeman` are one, `plastique` and `plastik`."""
    return _HEARD.heard(folded)


@cache
def _listed() -> tuple[str, ...]:
    """The words from the commonest on, folded but for `ç`."""
    lines = vocabulary("common_words.txt").read_text(encoding="utf-8").splitlines()
    return tuple(word for line in lines if not line.startswith("#") for word in line.split())


@cache
def _common() -> frozenset[str]:
    return frozenset(word.replace("ç", "c") for word in _listed())


@cache
def _sounds() -> Mapping[str, bool]:
    """Sounds of the commonest words, and whether each is of a very common one or of an everyday word of reports."""
    others = {french_sound(word): False for word in _listed()[_VERY_COMMON:_COMMON]}
    everyday = {french_sound(word): True for word in load_lexicon().everyday if len(word) >= _SHORTEST_ELIDED}
    return others | everyday | {french_sound(word): True for word in _listed()[:_VERY_COMMON]}


def _is_sound_of_common(folded: str) -> bool:
    """A short sound tells only in a long word, or if it is one of the very commonest: names are short."""
    sound = french_sound(folded)
    is_very_common = _sounds().get(sound)
    if is_very_common is None or len(sound) < _SHORTEST_SOUND:
        return False
    return is_very_common or len(sound) >= _SHORTEST_COMMON_SOUND or len(folded) >= _LONG_WORD


def load_common_words() -> None:
    """Read the list and hear its words now, so that the first report doesn't wait for it."""
    _common()
    _sounds()


def is_common(folded: str) -> bool:
    """Whether a folded word is a common word as it stands."""
    return folded in _common()


@lru_cache(maxsize=16384)
def sounds_common(folded: str) -> bool:
    """Whether a folded word sounds like a common French one, a lost apostrophe or a liaison (`zanimo`) put aside."""
    if _is_sound_of_common(folded):
        return True
    if len(folded) < _SHORTEST_ELIDED or not _ELIDED.match(folded):
        return False
    bare = _ELIDED.sub("", folded, count=1)
    return bare in _common() or _is_sound_of_common(bare)


def inflects_common_english(folded: str) -> bool:
    """Whether an English ending stands on a common word: `belts`, `forwarded`."""
    ending = _ENGLISH_ENDING.search(folded)
    if ending is None or ending.start() < _SHORTEST_STEM:
        return False
    stem = folded[: ending.start()]
    return any(is_common(form) for form in (stem, stem + "e", stem.removesuffix(stem[-1])))
