"""The lists: names of persons, places, ordinary words and institutions, read once from the vocabularies."""

from __future__ import annotations

import csv
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from babel import Locale
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from app.reference.gazetteer import finer_places
from workers.anonymise.phonetics import fold, phonetic_key
from workers.anonymise.words import split_words

_VILLAGE_WEIGHT = 1.0
_SHORTEST_PLACE_BY_SOUND = 5
_SHORTEST_GLUED = 8
_SHORTEST_PART = 4
_SHORTEST_ELIDED, _SHORTEST_MISSPELT = 5, 7
_SHORTEST_CUT = 3
_LOCAL_LANGUAGES = frozenset({"bambara", "fulfulde", "songhay", "tamasheq"})


class Clarity(IntEnum):
    """How sure a listed form is to be a name when nothing else is known, from least to most."""

    WORD = 1
    PLACE = 2
    SHORT = 3
    RARE = 4
    CLEAR = 5


@dataclass(frozen=True, slots=True)
class ListedName:
    """A name of the list: how clear it is, and whether it is given, a family name or both."""

    clarity: Clarity
    is_given: bool
    is_family: bool
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All lists, by folded form; names also by phonetic key."""

    names: Mapping[str, ListedName]
    keys: Mapping[str, ListedName]
    places: frozenset[str]
    place_keys: frozenset[str]
    towns: frozenset[str]
    ordinary: frozenset[str]
    everyday: frozenset[str]
    namesakes: frozenset[str]
    forces: frozenset[str]
    institutions: Mapping[str, tuple[tuple[str, ...], ...]]

    def name(self, folded: str, key: str, *, is_capital: bool) -> ListedName | None:
        """The listed name a word is, by spelling or else, if it is long enough to tell, by sound."""
        return (
            self.names.get(folded)
            or self._by_sound(folded, key, 4 if is_capital else 5)
            or self._glued(folded)
        )

    def _glued(self, folded: str) -> ListedName | None:
        """Given and family name written without a space, as in `seydoukone`."""
        if len(folded) < _SHORTEST_GLUED or self.is_ordinary(folded) or folded in self.places:
            return None
        splits = range(_SHORTEST_PART, len(folded) - _SHORTEST_PART + 1)
        is_glued = any(
            self.is_clear_name(folded[:split]) and self.is_clear_name(folded[split:]) for split in splits
        )
        return ListedName(Clarity.RARE, True, True) if is_glued else None

    def is_clear_name(self, folded: str) -> bool:
        """Whether a folded word is listed as a name and as nothing else."""
        name = self.names.get(folded)
        return name is not None and name.clarity is Clarity.CLEAR

    def is_ordinary(self, folded: str) -> bool:
        """Whether a folded word belongs to everyday language, plurals in -s (French) and -w (Bambara) included."""
        return folded in self.ordinary or (
            len(folded) > 4 and folded[-1] in "sw" and folded[:-1] in self.ordinary
        )

    def resembles_ordinary(self, folded: str) -> bool:
        """Whether a lost apostrophe or one slip of the pen makes an everyday word of it: `lalerte`, `militair`."""
        if len(folded) < _SHORTEST_ELIDED:
            return False
        is_elided = folded[0] in "ldnmsjtqck" and folded[1] in "aeiouyh" and self.is_ordinary(folded[1:])
        return is_elided or (len(folded) >= _SHORTEST_MISSPELT and _is_misspelt(folded, self.ordinary))

    def begins_ordinary(self, folded: str) -> bool:
        """Whether a folded word is the beginning of a longer everyday word: `popul`, `prelev`."""
        return len(folded) >= _SHORTEST_CUT and _is_beginning(folded, self.ordinary)

    def is_place(self, folded: str, key: str) -> bool:
        """Whether a word is (part of) a place's name, by spelling or, if nothing else claims it, by sound."""
        if folded in self.places:
            return True
        is_free = folded not in self.names and not self.is_ordinary(folded) and key not in self.keys
        return is_free and len(folded) >= _SHORTEST_PLACE_BY_SOUND and key in self.place_keys

    def _by_sound(self, folded: str, key: str, shortest: int) -> ListedName | None:
        if len(folded) < shortest or self.is_ordinary(folded) or folded in self.places:
            return None
        return self.keys.get(key)


def vocabulary(name: str) -> Traversable:
    """A data file of the names vocabulary."""
    return files("workers") / "vocabularies" / "names" / name


def rows(name: str) -> Iterator[dict[str, str]]:
    """Rows of a CSV of the names vocabulary."""
    yield from _csv_rows(vocabulary(name))


def _csv_rows(file: Traversable) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8") as stream:
        yield from csv.DictReader(stream)


@cache
def load_lexicon() -> Lexicon:
    """Read every list once."""
    words = tomllib.loads(vocabulary("ordinary_words.toml").read_text(encoding="utf-8"))
    forces = frozenset(words.pop("forces")["common"].split())
    european = _everyday(words, words.keys() - _LOCAL_LANGUAGES)
    everyday = _everyday(words, ("french",))
    ordinary = european | _everyday(words, _LOCAL_LANGUAGES)
    names, keys = _read_names()
    places = _read_places(names, ordinary)
    place_keys = frozenset(phonetic_key(word) for word in places if len(word) >= _SHORTEST_PLACE_BY_SOUND)
    namesakes = (ordinary - european).intersection(names)
    return Lexicon(
        names, keys, places, place_keys, _read_towns(), ordinary, everyday, namesakes, forces, _institutions()
    )


def _everyday(words: Mapping[str, Mapping[str, str]], languages: Iterable[str]) -> frozenset[str]:
    """The everyday words of some languages, folded."""
    lines = (line for language in languages for line in words.get(language, {}).values())
    return frozenset(form for line in lines for word in line.split() for form in (word, fold(word)))


def _read_names() -> tuple[dict[str, ListedName], dict[str, ListedName]]:
    names: dict[str, ListedName] = {}
    keys: dict[str, ListedName] = {}
    for row in rows("personal_names.csv"):
        clarity = Clarity[row["clarity"].upper()]
        is_given, is_family = row["kind"] in {"given", "both"}, row["kind"] in {"family", "both"}
        names[fold(row["name"]).replace("-", "").replace("'", "")] = ListedName(clarity, is_given, is_family)
        if clarity >= Clarity.RARE:
            _keep_clearest(keys, phonetic_key(row["name"]), ListedName(clarity, is_given, is_family, False))
    return names, keys


def _keep_clearest(keys: dict[str, ListedName], key: str, name: ListedName) -> None:
    known = keys.get(key)
    if known is None or known.clarity < name.clarity:
        keys[key] = name


def _read_places(names: Mapping[str, ListedName], ordinary: frozenset[str]) -> frozenset[str]:
    """Single words of place names; those that are clear names or everyday words only where they stand for a town."""
    words: set[str] = set()
    for name, is_town in _place_forms():
        parts = split_words(name)
        is_whole = is_town and len(parts) == 1
        words |= {part.folded for part in parts if is_whole or _is_place_only(part.folded, names, ordinary)}
    return frozenset(words)


def _read_towns() -> frozenset[str]:
    """Words of regions, cercles, communes and towns: well enough known not to be taken for a name."""
    return frozenset(part.folded for name, is_town in _place_forms() if is_town for part in split_words(name))


@lru_cache(maxsize=8192)
def _is_misspelt(folded: str, ordinary: frozenset[str]) -> bool:
    near = _by_beginning(ordinary)
    return any(
        process.extractOne(
            folded, near.get((folded[0], length), ()), scorer=Levenshtein.distance, score_cutoff=1
        )
        for length in range(len(folded) - 1, len(folded) + 2)
    )


@lru_cache(maxsize=2)
def _by_beginning(ordinary: frozenset[str]) -> Mapping[tuple[str, int], Sequence[str]]:
    """Everyday words by first letter and length: only those of nearly its length are a slip away from a word."""
    found: dict[tuple[str, int], list[str]] = {}
    for word in ordinary:
        if len(word) >= _SHORTEST_ELIDED:
            found.setdefault((word[0], len(word)), []).append(word)
    return found


def _is_beginning(folded: str, ordinary: frozenset[str]) -> bool:
    ordered = _in_order(ordinary)
    for at in range(bisect_left(ordered, folded), len(ordered)):
        if not ordered[at].startswith(folded):
            return False
        if len(ordered[at]) > len(folded) + 1:
            return True
    return False


@lru_cache(maxsize=2)
def _in_order(ordinary: frozenset[str]) -> Sequence[str]:
    """Everyday words in order: those that begin alike stand together."""
    return sorted(ordinary)


def _is_place_only(folded: str, names: Mapping[str, ListedName], ordinary: frozenset[str]) -> bool:
    name = names.get(folded)
    return len(folded) > 2 and folded not in ordinary and (name is None or name.clarity < Clarity.RARE)


def _place_forms() -> Iterator[tuple[str, bool]]:
    """Names of places, and whether each is that of a town or more."""
    for country in _countries():
        yield country, True
    for row in rows("place_names.csv"):
        yield row["name"], True
    for place in finer_places():
        for name in place.names:
            yield name, place.weight > _VILLAGE_WEIGHT


def quarters() -> frozenset[str]:
    """Names of quarters of towns, as written, that are no town's or village's name as well."""
    listed = finer_places()
    forms = {name for place in listed if place.kind == "quarter" for name in place.names}
    larger = {
        place.name.lower() for place in listed if place.kind != "quarter" and place.weight > _VILLAGE_WEIGHT
    }
    return frozenset(name for name in forms if name.lower() not in larger)


def _countries() -> Iterator[str]:
    """Countries in French and English (Unicode CLDR) whose name is one word."""
    for language in ("fr", "en"):
        yield from (name for name in Locale.parse(language).territories.values() if name.isalpha())


def _institutions() -> dict[str, tuple[tuple[str, ...], ...]]:
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for row in rows("institutions.csv"):
        form = tuple(word.folded for word in split_words(row["name"]))
        by_first.setdefault(form[0], []).append(form)
    return {first: tuple(sorted(forms, key=len, reverse=True)) for first, forms in by_first.items()}
