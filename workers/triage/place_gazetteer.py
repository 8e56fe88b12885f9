"""The gazetteer as an index from folded words to places: exact, by spelling key, and nearly.

Built once, on first use, from the places of app.reference.
"""

from __future__ import annotations

import csv
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, cached_property, lru_cache
from importlib.resources import files

from rapidfuzz import fuzz, process

from app.reference import gazetteer as shipped
from app.reference.spelling import spelling_key
from workers.triage.folding import words
from workers.triage.remembered import Remembered

LONGEST_NAME = 5
_SHORTEST_KEY, _SHORTEST_NEAR = 4, 6
_NEAR_ENOUGH = 84.0
_MOST_REMEMBERED = 20_000


class Match(IntEnum):
    """How a name in a text met a name in the gazetteer, from the surest."""

    EXACT = 0
    SPELLING = 1
    NEAR = 2


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the gazetteer; `weight`, 1 (village) to 10 (region's chief town), says how likely it is.

    Regions have neither cercle nor commune; Bamako's quarters have no cercle. Degrees, None where unknown.
    """

    name: str
    kind: str
    region_code: str
    cercle_code: str | None
    lat: float | None
    lon: float | None
    weight: int


@dataclass(frozen=True)
class Gazetteer:
    """Places by folded words and by spelling key, and the keys that may be met nearly, by first letter."""

    by_words: Mapping[str, tuple[Place, ...]]
    by_key: Mapping[str, tuple[Place, ...]]
    keys_by_letter: Mapping[str, tuple[str, ...]]
    readings: Mapping[str, str]

    @cached_property
    def _longest(self) -> Mapping[str, int]:
        """How many words the longest name has that begins with a word; names of one word aren't there."""
        longest: dict[str, int] = {}
        for name in self.by_words:
            first, *rest = name.split(" ")
            if rest:
                longest[first] = max(longest.get(first, 0), 1 + len(rest))
        return longest

    def most_words(self, first: str) -> int:
        """How many words a name that begins with this folded word may have."""
        return min(self._longest.get(first, 1), LONGEST_NAME)

    def exact(self, folded: str) -> tuple[Place, ...]:
        """Places written with exactly these folded words, separated by single spaces."""
        return self.by_words.get(folded, ())

    def by_spelling(self, folded: str) -> tuple[Place, ...]:
        """Places whose spelling key is that of these words, unless the words are something else."""
        joined = folded.replace(" ", "")
        if len(joined) < _SHORTEST_KEY or joined in self.readings:
            return ()
        return self.by_key.get(_key(joined), ())

    def nearly(self, folded: str) -> tuple[Place, ...]:
        """Places one slip away from a long word that is nothing else; () for short words."""
        return self._near[_key(folded.replace(" ", ""))] if self.is_long_and_free(folded) else ()

    @cached_property
    def _near(self) -> Remembered[tuple[Place, ...]]:
        return Remembered(self._nearest, _MOST_REMEMBERED)

    def _nearest(self, key: str) -> tuple[Place, ...]:
        best = process.extractOne(
            key, self.keys_by_letter.get(key[:1], ()), scorer=fuzz.ratio, score_cutoff=_NEAR_ENOUGH
        )
        return self.by_key[best[0]] if best else ()

    def is_long_and_free(self, folded: str) -> bool:
        """Whether words are long enough to be a name that is nearly met, and are nothing else."""
        joined = folded.replace(" ", "")
        return len(joined) >= _SHORTEST_NEAR and joined not in self.readings

    def may_begin(self, word: str) -> bool:
        """Whether a name may begin with a word, be it, or be spelt or nearly spelt like it."""
        return self._begins[word]

    @cached_property
    def _begins(self) -> Remembered[bool]:
        return Remembered(self._is_beginning, _MOST_REMEMBERED)

    def _is_beginning(self, word: str) -> bool:
        return (
            word in self.by_words
            or word in self._longest
            or bool(self.by_spelling(word))
            or self.is_long_and_free(word)
        )

    def reading(self, folded: str) -> str | None:
        """What else these words may be: common, word, bambara, person, strict, near, never; None if nothing."""
        return self.readings.get(folded.replace(" ", ""))


_key = lru_cache(maxsize=_MOST_REMEMBERED)(spelling_key)


@cache
def gazetteer() -> Gazetteer:
    """The gazetteer that ships with the project, read once."""
    by_words, by_key = _index(_named_places())
    letters: dict[str, list[str]] = defaultdict(list)
    for key in by_key:
        if len(key) >= _SHORTEST_NEAR - 1:
            letters[key[0]].append(key)
    return Gazetteer(
        by_words=by_words,
        by_key=by_key,
        keys_by_letter={letter: tuple(keys) for letter, keys in letters.items()},
        readings={row["word"]: row["reading"] for row in _rows("places_words.csv")},
    )


@cache
def cues_file() -> Mapping[str, Mapping[str, list[str]]]:
    """The cue words as the data file groups them: table, then kind, then phrases."""
    return tomllib.loads(_vocabulary("place_cues.toml"))


def _index(
    named: Iterable[tuple[str, Place]],
) -> tuple[dict[str, tuple[Place, ...]], dict[str, tuple[Place, ...]]]:
    by_words: dict[str, dict[Place, None]] = defaultdict(dict)
    by_key: dict[str, dict[Place, None]] = defaultdict(dict)
    for name, place in named:
        parts = [word.text for word in words(name)]
        joined = "".join(parts)
        by_words[" ".join(parts)][place] = None
        by_words[joined][place] = None
        if len(joined) >= _SHORTEST_KEY:
            by_key[spelling_key(joined)][place] = None
    return _frozen(by_words), _frozen(by_key)


def _frozen(index: Mapping[str, Mapping[Place, None]]) -> dict[str, tuple[Place, ...]]:
    return {name: tuple(sorted(places, key=lambda each: -each.weight)) for name, places in index.items()}


def _named_places() -> Iterator[tuple[str, Place]]:
    for listed in shipped.everywhere():
        place = _place(listed)
        for name in listed.names:
            yield name, place


def _place(listed: shipped.Place) -> Place:
    return Place(
        name=listed.name,
        kind=listed.kind,
        region_code=listed.region_code,
        cercle_code=listed.cercle_code,
        lat=listed.lat,
        lon=listed.lon,
        weight=listed.weight,
    )


def _rows(name: str) -> Iterator[Mapping[str, str]]:
    yield from csv.DictReader(_vocabulary(name).splitlines())


def _vocabulary(name: str) -> str:
    return files("workers.vocabularies").joinpath(name).read_text(encoding="utf-8")
