"""Finds where the patterns of a vocabulary stand in a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from workers.contracts import Span
from workers.triage.patterns import Join, Lexicon, Pattern
from workers.triage.reading import Reading

_MOST_MATCHES = 50
T = TypeVar("T")
Listing = Mapping[str, Sequence[tuple[int, T, Pattern]]]
"""Patterns by the one of their elements that fewest patterns have: a text is asked only for those it may hold."""


class Place(NamedTuple):
    """Where a phrase stands: from token `first` up to, not including, token `last`."""

    first: int
    last: int


class Match(NamedTuple):
    """A pattern found in a text: where each of its phrases stands.

    `first` is the first token matched, `last` the token after the last one, `tokens` are those matched, without those
    that stand between.
    """

    pattern: Pattern
    places: tuple[Place, ...]
    first: int
    last: int
    tokens: frozenset[int]

    @classmethod
    def of(cls, pattern: Pattern, places: tuple[Place, ...]) -> Match:
        """The match of a pattern whose phrases stand at `places`."""
        if len(places) == 1:
            first, last = places[0]
            return cls(pattern, places, first, last, frozenset(range(first, last)))
        first, last = min(place.first for place in places), max(place.last for place in places)
        tokens = frozenset(index for place in places for index in range(*place))
        return cls(pattern, places, first, last, tokens)

    def evidence(self, reading: Reading) -> tuple[Span, ...]:
        """The matched words in the original text, in order."""
        return tuple(reading.span(place.first, place.last) for place in sorted(self.places))


def listing(patterns: Iterable[tuple[T, Pattern]]) -> Listing[T]:
    """Patterns, each with whose it is, listed by their rarest element; their order is kept."""
    entries = [(position, owner, pattern) for position, (owner, pattern) in enumerate(patterns)]
    counts = Counter(element for _, _, pattern in entries for element in pattern.elements)
    listed: dict[str, list[tuple[int, T, Pattern]]] = {}
    for entry in entries:
        rarest = min(sorted(entry[2].elements), key=counts.__getitem__)
        listed.setdefault(rarest, []).append(entry)
    return listed


def _position(entry: tuple[int, Any, Pattern]) -> int:
    return entry[0]


class Occurrences:
    """Where each element of a lexicon stands in a text."""

    def __init__(self, reading: Reading, lexicon: Lexicon) -> None:
        self.reading = reading
        self._places: dict[str, list[Place]] = {}
        places = self._places
        for index, elements in enumerate(lexicon.of_each(reading.keys)):
            if elements:  # most words are none of those asked for
                place = Place(index, index + 1)
                for element in elements:
                    if element in places:
                        places[element].append(place)
                    else:
                        places[element] = [place]
        for phrase, name in lexicon.phrases_begun(places.keys()):
            places.setdefault(name, []).extend(self.phrase(phrase))
        self._present = places.keys()

    def elements(self) -> list[str]:
        """The elements that stand in the text, in a fixed order."""
        return sorted(self._places)

    def begun(self, listed: Listing[T]) -> list[tuple[T, Pattern]]:
        """The patterns of a listing that can stand in the text, with whose they are, in the order of the listing."""
        present = self._present
        begun = [
            entry
            for element in listed.keys() & present
            for entry in listed[element]
            if entry[2].elements <= present
        ]
        begun.sort(key=_position)
        return [(owner, pattern) for _, owner, pattern in begun]

    def element(self, element: str) -> Sequence[Place]:
        """Where a single element stands."""
        return self._places.get(element, ())

    def phrase(self, elements: Sequence[str]) -> list[Place]:
        """Where the elements stand side by side in one sentence."""
        places = list(self.element(elements[0]))
        if len(elements) == 1:  # one word, or a phrase already known to stand in one sentence
            return places
        for element in elements[1:]:
            if not places:
                return places
            following = {place.first: place.last for place in self.element(element)}
            places = [Place(first, following[last]) for first, last in places if last in following]
        return [place for place in places if self._is_in_one_sentence(place.first, place.last - 1)]

    def _is_in_one_sentence(self, one: int, other: int) -> bool:
        tokens = self.reading.tokens
        return tokens[one].sentence == tokens[other].sentence

    def find(self, pattern: Pattern) -> list[Match]:
        """Where the pattern stands; each beginning is matched with what is nearest to it."""
        beginnings = self.phrase(pattern.phrases[0])[:_MOST_MATCHES]
        if not beginnings:
            return []
        if len(pattern.phrases) == 1:
            return [Match.of(pattern, (beginning,)) for beginning in beginnings]
        following = [self.phrase(phrase) for phrase in pattern.phrases[1:]]
        if not all(following):
            return []
        chains = (self._chain(beginning, pattern.joins, following) for beginning in beginnings)
        return [Match.of(pattern, chain) for chain in chains if chain]

    def _chain(
        self, beginning: Place, joins: Sequence[Join], following: Sequence[list[Place]]
    ) -> tuple[Place, ...]:
        chain = [beginning]
        for join, places in zip(joins, following, strict=True):
            near = min(self._within(chain[-1], join, places), default=None)
            if near is None:
                return ()
            chain.append(near[1])
        return tuple(chain)

    def _within(self, place: Place, join: Join, others: list[Place]) -> Iterator[tuple[int, Place]]:
        """The places that the join allows after `place`, each with the number of words between."""
        for other in others:
            ahead, behind = other.first - place.last, place.first - other.last
            between = ahead if ahead >= 0 else behind
            is_allowed = ahead >= 0 or (behind >= 0 and not join.is_ordered)
            if is_allowed and between <= join.gap and self._is_in_one_sentence(place.first, other.first):
                yield between, other
