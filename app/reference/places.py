"""Finds places by how people type them: without accents, half a name, in any of its spellings, with one slip.

The index is built once, on first use; a search takes well under a millisecond (measured in the tests).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from app.folding import fold
from app.reference.gazetteer import CERCLE, REGION, Place, everywhere, place
from app.reference.spelling import spelling_key

__all__ = ["Place", "place", "search", "search_in_words"]

MOST_LETTERS = 60
MOST_FOUND = 8
_FEWEST_LETTERS, _SHORTEST_SLIP = 2, 5
_LONGEST_NAME_WORDS = 3
_HOOKED_LETTERS = str.maketrans("ɓɗƴ", "bdy")
_LAST_LETTER = "\U0010ffff"
# Where several kinds of place bear one name within a cercle, people mean the place itself, not its district.
_KIND_ORDER = ("town", "commune", "village", "quarter", "arrondissement", "area", "former_commune")
_VAGUENESS = {CERCLE: 1, REGION: 2}
_LEAST_WEIGHT_OF_TOWN = 3
_FOUND_WITH_A_SLIP = 2  # the least weight: among five thousand villages, anything is one slip from something


class _Match(IntEnum):
    """How what was typed met a name, from the best."""

    WHOLE = 0
    WHOLE_BY_SOUND = 1
    BEGINNING = 2
    BEGINNING_BY_SOUND = 3
    SLIP = 4
    LATER_WORD = 5


@dataclass(frozen=True, slots=True)
class _Index:
    """Names in the order of their letters, of their sounds, and of their later words; sounds one letter short."""

    by_letters: list[tuple[str, Place]]
    by_sound: list[tuple[str, Place]]
    by_later_word: list[tuple[str, Place]]
    by_shortened: dict[str, tuple[Place, ...]]


def search(text: str, limit: int = MOST_FOUND) -> list[Place]:
    """The places whose name, or the beginning of it, this may be; the likeliest first.

    Under two letters it is none; only the first 60 characters are read.
    """
    letters = _letters(text[:MOST_LETTERS])
    if len(letters) < _FEWEST_LETTERS:
        return []
    matched = list(_matches(letters))
    best: dict[tuple[str, str], tuple[_Match, int]] = {}
    for match, found in matched:
        name, rank = _namesakes(found), (match, -found.weight)
        best[name] = min(best.get(name, rank), rank)
    each_once = dict.fromkeys(found for _, found in matched)
    ordered = sorted(each_once, key=lambda found: (*best[_namesakes(found)], *_beside_namesakes(found)))
    return list(_without_doubles(ordered))[:limit]


def search_in_words(text: str, limit: int = MOST_FOUND) -> list[Place]:
    """As `search`, also where the name only ends what was typed: "près du marché de Gao"."""
    words = text.split()
    found = search(text, limit)
    for count in range(min(_LONGEST_NAME_WORDS, len(words) - 1), 0, -1):
        found = found or search(" ".join(words[-count:]), limit)
    return found


def _matches(letters: str) -> Iterator[tuple[_Match, Place]]:
    index, sound = _index(), spelling_key(letters)
    for name, found in _beginning_with(index.by_letters, letters):
        yield _Match.WHOLE if name == letters else _Match.BEGINNING, found
    for name, found in _beginning_with(index.by_sound, sound):
        yield _Match.WHOLE_BY_SOUND if name == sound else _Match.BEGINNING_BY_SOUND, found
    for _, found in _beginning_with(index.by_later_word, letters):
        yield _Match.LATER_WORD, found
    if len(sound) >= _SHORTEST_SLIP:
        for shortened in {sound, *_shortened(sound)}:
            for found in index.by_shortened.get(shortened, ()):
                yield _Match.SLIP, found


def _beginning_with(names: list[tuple[str, Place]], start: str) -> list[tuple[str, Place]]:
    first = bisect_left(names, start, key=_name)
    return names[first : bisect_left(names, start + _LAST_LETTER, lo=first, key=_name)]


def _name(entry: tuple[str, Place]) -> str:
    return entry[0]


def _beside_namesakes(found: Place) -> tuple[str, str, int, int]:
    """A name means the town before its cercle and region, and a village after them."""
    vagueness = _VAGUENESS.get(found.kind, 0 if found.weight >= _LEAST_WEIGHT_OF_TOWN else 3)
    return *_namesakes(found), vagueness, -found.weight


def _namesakes(found: Place) -> tuple[str, str]:
    """A town, its cercle and its region share each other's spellings."""
    return _own_letters(found), found.region_code


def _without_doubles(ordered: list[Place]) -> Iterator[Place]:
    """One of each name within a cercle, beside the cercle and the region themselves, where the first stood."""
    kept: dict[tuple[str, ...], Place] = {}
    for found in ordered:
        same = _same(found)
        if same not in kept or _kind_order(found) < _kind_order(kept[same]):
            kept[same] = found
    yield from kept.values()


def _same(found: Place) -> tuple[str, ...]:
    area = found.kind if found.kind in (REGION, CERCLE) else ""
    return _own_letters(found), found.cercle_code or found.region_code, area


def _kind_order(found: Place) -> int:
    return _KIND_ORDER.index(found.kind) if found.kind in _KIND_ORDER else -1


@cache
def _index() -> _Index:
    named = [(_letters(name), found) for found in everywhere() for name in found.names]
    sounds = [(spelling_key(letters), found) for letters, found in named if letters]
    later = ((word, found) for found in everywhere() for word in _later_words(found))
    return _Index(_ordered(named), _ordered(sounds), _ordered(later), _by_shortened(sounds))


def _ordered(names: Iterable[tuple[str, Place]]) -> list[tuple[str, Place]]:
    return sorted(dict.fromkeys(names), key=_name)


def _later_words(found: Place) -> Iterator[str]:
    for name in found.names:
        for word in name.replace("-", " ").replace("'", " ").split()[1:]:
            yield _letters(word)


def _by_shortened(sounds: Iterable[tuple[str, Place]]) -> dict[str, tuple[Place, ...]]:
    """Two words that differ by one letter, missing or changed, meet when one letter of each is left out."""
    index: dict[str, dict[Place, None]] = {}
    for sound, found in sounds:
        if len(sound) >= _SHORTEST_SLIP and found.weight >= _FOUND_WITH_A_SLIP:
            for shortened in (sound, *_shortened(sound)):
                index.setdefault(shortened, {})[found] = None
    return {shortened: tuple(places) for shortened, places in index.items()}


def _shortened(sound: str) -> set[str]:
    return {sound[:left_out] + sound[left_out + 1 :] for left_out in range(1, len(sound))}


@cache
def _own_letters(found: Place) -> str:
    return _letters(found.name)


def _letters(text: str) -> str:
    return "".join(sign for sign in fold(text.translate(_HOOKED_LETTERS)) if sign.isalnum())
