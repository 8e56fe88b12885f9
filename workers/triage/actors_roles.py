"""Which part someone has where a report names them: whoever only suffered an act isn't its author.

A force is taken for an author wherever it is named, unless the words tell of it as suffering. Relatives and neighbours
are named in most reports: they are authors only where the words tell of them as acting.
"""

from __future__ import annotations

from collections.abc import Iterable

from workers.contracts import Finding
from workers.triage.matching import Match, Occurrences
from workers.triage.reading import Reading
from workers.triage.victims_vocabulary import VictimWords, victim_words

_SUFFERING_REACH, _ACTING_REACH, _AGENT_REACH = 3, 6, 2


class Roles:
    """The acts of a text, and what became of people in it, to judge by whether someone acted or suffered."""

    def __init__(self, reading: Reading, acts: Iterable[Finding]) -> None:
        """`acts` are the violations found in the text."""
        self._reading = reading
        self._words = victim_words()
        self._others = self._words.others | self._words.single | self._words.many
        self._suffered, done = _told(reading, self._words)
        self._acts = sorted(_acted(reading, acts) | done)

    def is_suffering(self, match: Match) -> bool:
        """Whether someone is told of as killed, hurt, taken…: `deux gendarmes ont été tués`."""
        near = (act for act in self._suffered if 0 < act - match.last <= _SUFFERING_REACH + 1)
        return any(self._is_passive(act) and self._is_in_clause(match, act) for act in near)

    def is_acting(self, match: Match) -> bool:
        """Whether someone is told of as doing it: `mon mari me frappe`, `battue par le voisin`."""
        if not self._is_person(match):
            return False
        if self._is_agent(match):
            return True
        if self._is_spoken_of(match):
            return False
        near = (act for act in self._acts if 0 <= act - match.last <= _ACTING_REACH)
        return any(self._is_in_clause(match, act) and self._is_subject(match, act) for act in near)

    def _is_person(self, match: Match) -> bool:
        """`mon voisin`, not `le village voisin`."""
        before = self._key(match.first - 1)
        is_first = match.first == 0 or not self._is_in_clause(match, match.first - 1)
        return is_first or len(match.tokens) > 1 or before in self._words.single | self._words.many

    def _is_agent(self, match: Match) -> bool:
        before = self._reading.tokens[max(0, match.first - _AGENT_REACH) : match.first]
        return any(token.key in self._words.agent for token in before)

    def _is_spoken_of(self, match: Match) -> bool:
        """`le fils de mon voisin`, `ils ont tué mon voisin`."""
        before = range(max(0, match.first - _AGENT_REACH), match.first)
        is_of = any(self._key(index) in self._words.of for index in before)
        return is_of or any(index in self._acts for index in before if self._is_in_clause(match, index))

    def _is_subject(self, match: Match, act: int) -> bool:
        """Whether nobody else comes in between, and the act isn't done to them, nor told after what they are."""
        between = [token.key for token in self._reading.tokens[match.last : act]]
        joins = [place for place, key in enumerate(between) if key in self._words.joined]
        rest = between[joins[-1] + 1 :] if joins else between
        is_new = bool(joins and rest) and rest[0] in self._others
        return not is_new and self._words.suffering.isdisjoint(rest)

    def _is_passive(self, act: int) -> bool:
        return self._key(act - 1) in self._words.suffering

    def _is_in_clause(self, match: Match, index: int) -> bool:
        return self._reading.tokens[match.last - 1].clause == self._reading.tokens[index].clause

    def _key(self, index: int) -> str:
        return self._reading.tokens[index].key if index >= 0 else ""


def _acted(reading: Reading, acts: Iterable[Finding]) -> frozenset[int]:
    """Where the words of the violations stand; a number among them is no act."""
    starts = {span.start for act in acts for span in act.evidence}
    return frozenset(
        index
        for index, token in enumerate(reading.tokens)
        if token.start in starts and not token.key.isdecimal()
    )


def _told(reading: Reading, words: VictimWords) -> tuple[frozenset[int], frozenset[int]]:
    """Where the words stand for what became of people, and those among them that name an act."""
    occurrences = Occurrences(reading, words.lexicon)
    found = [
        (match.first, is_state)
        for (_, is_state), pattern in occurrences.begun(words.statuses)
        for match in occurrences.find(pattern)
    ]
    return frozenset(place for place, _ in found), frozenset(
        place for place, is_state in found if not is_state
    )
