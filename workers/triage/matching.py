"""Finds where the patterns of a vocabulary stand in a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from workers.contracts import Span
from workers.triage.patterns import Join, Lexicon, Pattern
from workers.triage.reading import Reading

_MOST_MATCHES = 50


class Place(NamedTuple):
    """Where a phrase stands: from token `first` up to, not including, token `last`."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Match:
    """A pattern found in a text: where each of its phrases stands."""

    pattern: Pattern
    places: tuple[Place, ...]

    @property
    def first(self) -> int:
        """The first token matched."""
        return min(place.first for place in self.places)

    @property
    def last(self) -> int:
        """The token after the last one matched."""
        return max(place.last for place in self.places)

    @property
    def tokens(self) -> frozenset[int]:
        """The tokens matched, without those that stand between."""
        return frozenset(index for place in self.places for index in range(*place))

    def evidence(self, reading: Reading) -> tuple[Span, ...]:
        """The matched words in the original text, in order."""
        return tuple(reading.span(place.first, place.last) for place in sorted(self.places))


class Occurrences:
    """Where each element of a lexicon stands in a text."""

    def __init__(self, reading: Reading, lexicon: Lexicon) -> None:
        self.reading = reading
        self._places: dict[str, list[Place]] = {}
        for index, token in enumerate(reading.tokens):
            for element in lexicon.elements(token.key):
                self._places.setdefault(element, []).append(Place(index, index + 1))
        for phrase, name in lexicon.phrases:
            if phrase[0] in self._places:
                self._places.setdefault(name, []).extend(self.phrase(phrase))

    def elements(self) -> list[str]:
        """The elements that stand in the text, in a fixed order."""
        return sorted(self._places)

    def element(self, element: str) -> Sequence[Place]:
        """Where a single element stands."""
        return self._places.get(element, ())

    def phrase(self, elements: Sequence[str]) -> list[Place]:
        """Where the elements stand side by side in one sentence."""
        places = list(self.element(elements[0]))
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
        if pattern.phrases[0][0] not in self._places:  # most patterns, most of the time
            return []
        beginnings = self.phrase(pattern.phrases[0])[:_MOST_MATCHES]
        if not beginnings:
            return []
        following = [self.phrase(phrase) for phrase in pattern.phrases[1:]]
        if not all(following):
            return []
        chains = (self._chain(beginning, pattern.joins, following) for beginning in beginnings)
        return [Match(pattern, chain) for chain in chains if chain]

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
