"""A gazetteer with an installation's own villages beside the shipped places.

The shipped ones win: an imported village weighs less than any of them, so that a name both bear is the imported one
only where its surroundings say so. A short name that only imported villages bear asks for a locative, since nobody
looked whether it is a person's too; one that is an ordinary word asks for more. Nothing imported is matched nearly.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files

from app.reference.spelling import spelling_key
from workers.triage.folding import words
from workers.triage.place_gazetteer import LONGEST_NAME, Gazetteer, Place

IMPORTED_WEIGHT = 0
_SHORTEST_NAME, _SHORTEST_KEY = 3, 6  # short names aren't met by their spelling: too many words have it
_LONG = 7
_ORDINARY, _UNCHECKED, _LIKE_A_PLACE = "word", "person", "near"

_Growing = dict[str, list[Place]]


def with_villages(base: Gazetteer, villages: Iterable[tuple[Place, Sequence[str]]]) -> Gazetteer:
    """`base` and the villages, each with its other spellings; one that `base` has in the same area is left out."""
    by_words: _Growing = {}
    by_key: _Growing = {}
    for place, spellings in villages:
        if not _is_known(base, place):
            for name in (place.name, *spellings):
                _add(base, name, replace(place, weight=IMPORTED_WEIGHT), by_words, by_key)
    return replace(
        base,
        by_words=_beside(base.by_words, by_words),
        by_key=_beside(base.by_key, by_key),
        readings={**base.readings, **_readings(base, by_words)},
    )


def _is_known(base: Gazetteer, place: Place) -> bool:
    """Whether the gazetteer has a place of that name in the same cercle, or the region where either has no cercle."""
    joined = "".join(word.text for word in words(place.name))
    return any(
        known.region_code == place.region_code
        and (place.cercle_code is None or known.cercle_code in (place.cercle_code, None))
        for known in base.by_words.get(joined, ())
    )


def _add(base: Gazetteer, name: str, place: Place, by_words: _Growing, by_key: _Growing) -> None:
    """A name that is another spelling of a shipped one stays that, with the village as a further possibility."""
    parts = [word.text for word in words(name)]
    joined, key = "".join(parts), spelling_key("".join(parts))
    if len(parts) > LONGEST_NAME or len(joined) < _SHORTEST_NAME or joined.isdigit():
        return
    if base.exact(joined) or not base.by_spelling(joined):
        for written in {" ".join(parts), joined}:
            _note(by_words, written, place)
    if len(joined) >= _SHORTEST_KEY or key in base.by_key:
        _note(by_key, key, place)


def _note(index: _Growing, written: str, place: Place) -> None:
    if place not in (there := index.setdefault(written, [])):
        there.append(place)


def _beside(shipped: Mapping[str, tuple[Place, ...]], imported: _Growing) -> dict[str, tuple[Place, ...]]:
    return {**shipped, **{name: (*shipped.get(name, ()), *places) for name, places in imported.items()}}


def _readings(base: Gazetteer, imported: Iterable[str]) -> dict[str, str]:
    """What names that only imported places bear may be besides."""
    own = [name for name in imported if " " not in name and name not in base.by_words]
    return {name: reading for name in own if (reading := _reading(base, name)) is not None}


def _reading(base: Gazetteer, name: str) -> str | None:
    """A long name that no list has is hardly anything but a place; a word that only looks like one is a word."""
    known = base.reading(name)
    if name in _ordinary_words() or known == _LIKE_A_PLACE:
        return _ORDINARY
    if known is not None:
        return known
    return None if len(name) >= _LONG and name not in _personal_names() else _UNCHECKED


@cache
def _personal_names() -> frozenset[str]:
    """The folded first and family names of the data file."""
    source = files("workers.vocabularies").joinpath("names", "personal_names.csv")
    rows = csv.DictReader(source.read_text(encoding="utf-8").splitlines())
    return frozenset("".join(word.text for word in words(row["name"])) for row in rows)


@cache
def _ordinary_words() -> frozenset[str]:
    """Folded words that are no names by themselves, in all languages of the data files."""
    tables = (*_tables("names", "ordinary_words.toml"), *_tables("language.toml"))
    listed = (lists for table in tables for group, lists in table.items() if group != "letters")
    return frozenset(word.text for text in listed for word in words(text))


def _tables(*path: str) -> Iterable[Mapping[str, str]]:
    source = files("workers.vocabularies").joinpath(*path)
    tables: Mapping[str, Mapping[str, str]] = tomllib.loads(source.read_text(encoding="utf-8"))
    return tables.values()
