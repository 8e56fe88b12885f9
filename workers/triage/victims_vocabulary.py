"""The words for victims from workers/vocabularies/victims.toml: what became of them, who they are, how many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from workers.triage.folding import fold
from workers.triage.matching import Listing, listing
from workers.triage.patterns import Lexicon, Pattern, lexicon, parse
from workers.triage.reading import spelling_key
from workers.triage.vocabulary import keys, listed, read_toml


@dataclass(frozen=True, slots=True)
class People:
    """What a word for people says of them."""

    sex: str | None
    is_child: bool
    is_household: bool


Status = tuple[str, bool]
"""What became of someone, and whether a pattern tells it as their state rather than as an act done to them."""


@dataclass(frozen=True, slots=True)
class VictimWords:
    """The whole vocabulary; words by spelling key, words for people by the keys of their words, of which the first are
    in `people_begin` too.
    """

    statuses: Listing[Status]
    lexicon: Lexicon
    people: Mapping[tuple[str, ...], People]
    people_begin: frozenset[str]
    numbers: Mapping[str, int]
    armed: frozenset[str]
    passive: frozenset[str]
    joined: frozenset[str]
    among: frozenset[str]
    single: frozenset[str]
    many: frozenset[str]
    suffering: frozenset[str]
    agent: frozenset[str]
    of: frozenset[str]
    others: frozenset[str]


@cache
def victim_words() -> VictimWords:
    """The vocabulary that ships with the project, read once."""
    data = read_toml("victims")
    statuses = [each for name, table in data["status"].items() for each in _told_by(name, table)]
    links = {name: keys(listing.replace("_", " ")) for name, listing in data["links"].items()}
    people = {words: People(*_said(table)) for table in data["people"].values() for words in _words(table)}
    return VictimWords(
        statuses=listing(statuses),
        lexicon=lexicon((pattern for _, pattern in statuses), {}),
        people=people,
        people_begin=frozenset(first for first, *_ in people),
        numbers={spelling_key(fold(word)): number for word, number in data["numbers"].items()},
        armed=keys(data["armed"]["words"].replace("_", " ")),
        **links,
    )


def _told_by(name: str, table: Mapping[str, Any]) -> Iterator[tuple[Status, Pattern]]:
    for told_as, is_state in (("done_to", False), ("state", True)):
        yield from (((name, is_state), parse(source)) for source in table[told_as])


def _said(table: Mapping[str, Any]) -> tuple[str | None, bool, bool]:
    return table.get("sex"), table["children"], table.get("is_household", False)


def _words(table: Mapping[str, Any]) -> list[tuple[str, ...]]:
    return [tuple(spelling_key(fold(word)) for word in phrase.split()) for phrase in listed(table["words"])]
