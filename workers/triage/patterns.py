"""The little language in which vocabularies are written.

A pattern is one or more phrases joined by `>` (then, later in the sentence) or `~` (near, in either order);
a number after the sign is how many words may stand between (5 unless told). A phrase is words side by side:

    pris        the word, however it is spelt (accents, doubled letters, k for qu)
    menac*      any word beginning so
    enlev+      the forms of a French verb in -er, infinitive for participle included
    CATTLE      any word or phrase of the class of that name
    #           a number in digits, or a word of the class NUMBERS
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from workers.triage.folding import fold
from workers.triage.reading import spelling_key
from workers.triage.remembered import Remembered
from workers.triage.sounds import sound, stem_sound, without_elision

NUMBER = "#"
_NUMBER_WORDS = "NUMBERS"
_ENDINGS = [
    "e",
    "es",
    "ent",
    "er",
    "ez",
    "ee",
    "ees",
    "a",
    "ai",
    "ais",
    "ait",
    "aient",
    "ant",
    "erent",
    "era",
    "eront",
    "erai",
    "erons",
    "ons",
    "et",
]
_JOIN = re.compile(r"\s([>~])(\d*)\s")
_BETWEEN = re.compile(r"['’/-]")
_DEFAULT_GAP = 5
_LONGEST_RULE = 120
_MOST_SEEN = 50_000
_SHORTEST_SOUND, _SHORTEST_SOUNDED = (
    4,
    5,
)  # shorter sounds belong to too many words, and short words sound alike


@dataclass(frozen=True, slots=True)
class Join:
    """How a phrase follows the one before it: in this order or not, and how many words may stand between."""

    is_ordered: bool
    gap: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern taken apart: its phrases (words, beginnings, verbs, classes) and what joins them."""

    source: str
    phrases: tuple[tuple[str, ...], ...]
    joins: tuple[Join, ...]
    elements: frozenset[str]

    @property
    def beginning(self) -> str:
        """Its first element."""
        return self.phrases[0][0]


def parse(source: str) -> Pattern:
    """The pattern written as `source`; raises `ValueError` where a phrase is missing."""
    pieces = _JOIN.split(f" {source} ")
    phrases = tuple(_elements(piece) for piece in pieces[::3])
    if not all(phrases):
        raise ValueError(f"a phrase is missing in {source!r}")
    gaps = zip(pieces[1::3], pieces[2::3], strict=True)
    joins = tuple(Join(sign == ">", int(gap) if gap else _DEFAULT_GAP) for sign, gap in gaps)
    return Pattern(source, phrases, joins, frozenset().union(*phrases))


def _elements(phrase: str) -> tuple[str, ...]:
    return tuple(word if is_class(word) else fold(word) for word in _BETWEEN.sub(" ", phrase).split())


def is_class(element: str) -> bool:
    """Whether an element names a class of words."""
    return element.isupper()


def _beginning_key(stem: str) -> str:
    """The key of a word's beginning; a last c is soft ("menac*": menace, menacé), a hard one is written k or qu."""
    return spelling_key(stem + "e")[:-1] if stem.endswith("c") else spelling_key(stem)


class _Beginnings:
    """Elements by how words begin; a word is compared with beginnings that share its first two letters."""

    def __init__(self) -> None:
        self._elements: dict[str, set[str]] = {}
        self._lengths: dict[str, set[int]] = {}

    def add(self, beginning: str, element: str) -> None:
        self._elements.setdefault(beginning, set()).add(element)
        self._lengths.setdefault(beginning[:2], set()).add(len(beginning))

    def of(self, word: str) -> set[str]:
        """What the word's beginnings stand for."""
        found: set[str] = set()
        for start in (word[:2], word[:1]):
            for length in self._lengths.get(start, ()):
                found.update(self._elements.get(word[:length], ()))
        return found


class Lexicon:
    """Which elements of patterns a word or a phrase of a text can stand for.

    `keeps_endings` where the tense of a verb tells: "ils attaquent" is now, "ils ont attaqué" was.
    """

    def __init__(self, *, keeps_endings: bool = False) -> None:
        self._keeps_endings = keeps_endings
        self._exact: dict[str, set[str]] = {}
        self._sounds: dict[str, set[str]] = {}
        self._beginnings, self._sounds_of_beginnings = _Beginnings(), _Beginnings()
        self._phrases: dict[str, list[tuple[int, tuple[str, ...], str]]] = {}
        self._seen = Remembered(lambda key: self._as_written(key) or self._without_elision(key), _MOST_SEEN)

    def add_class(self, name: str, members: Iterable[str]) -> None:
        """Makes `name` stand for each of `members`, words or phrases."""
        for member in members:
            elements = _elements(member)
            if len(elements) == 1:
                self._add_word(elements[0], name)
            else:
                place = sum(map(len, self._phrases.values()))
                self._phrases.setdefault(elements[0], []).append((place, elements, name))
                self.add_words(elements)

    def add_words(self, elements: Iterable[str]) -> None:
        """Makes the words, beginnings and verbs among `elements` known by themselves."""
        for element in elements:
            if not is_class(element) and element != NUMBER:
                self._add_word(element, element)

    def _add_word(self, word: str, element: str) -> None:
        if word.endswith("+"):
            for ending in _ENDINGS:
                self._add_exact(spelling_key(word[:-1] + ending), element)
        elif word.endswith("*"):
            key = _beginning_key(word[:-1])
            self._beginnings.add(key, element)
            if len(sound(key)) >= _SHORTEST_SOUND:
                self._sounds_of_beginnings.add(sound(key), element)
        else:
            self._add_exact(spelling_key(word), element)

    def _add_exact(self, key: str, element: str) -> None:
        self._exact.setdefault(key, set()).add(element)
        heard = self._sound(key)
        if len(key) >= _SHORTEST_SOUNDED and len(heard) >= _SHORTEST_SOUND:
            self._sounds.setdefault(heard, set()).add(element)

    def _sound(self, key: str) -> str:
        return sound(key) if self._keeps_endings else stem_sound(key)

    def of_each(self, keys: Iterable[str]) -> Iterator[frozenset[str]]:
        """The elements that each of the words with these spelling keys can stand for."""
        return map(self._seen.__getitem__, keys)

    def phrases_begun(self, elements: Set[str]) -> list[tuple[tuple[str, ...], str]]:
        """The phrases, with what they stand for, of which the first word is among `elements`, in a fixed order."""
        begun = [each for first in self._phrases.keys() & elements for each in self._phrases[first]]
        begun.sort()
        return [(phrase, name) for _, phrase, name in begun]

    def _as_written(self, key: str) -> frozenset[str]:
        """What the key spells, or else what it sounds like."""
        return self._look_up(key) or self._look_up_sound(key)

    def _without_elision(self, key: str) -> frozenset[str]:
        rest = without_elision(key)
        return self._as_written(rest) if rest is not None and len(rest) >= _SHORTEST_SOUND else frozenset()

    def _look_up(self, key: str) -> frozenset[str]:
        number = (NUMBER,) if key.isdigit() else ()
        return frozenset(self._beginnings.of(key).union(self._exact.get(key, ()), number))

    def _look_up_sound(self, key: str) -> frozenset[str]:
        return frozenset(
            self._sounds_of_beginnings.of(sound(key)).union(self._sounds.get(self._sound(key), ()))
        )


def rule_with_patterns(name: str, sources: Iterable[str]) -> str:
    """A rule's name with the patterns that fired, as many as fit in what is stored of a rule (120 characters)."""
    told = name + ":"
    for source in dict.fromkeys(sources):
        joined = f"{told}, {source}" if told != name + ":" else f"{told} {source}"
        if len(joined) > _LONGEST_RULE:
            break
        told = joined
    return told


def lexicon(
    patterns: Iterable[Pattern], classes: Mapping[str, Sequence[str]], *, keeps_endings: bool = False
) -> Lexicon:
    """A lexicon that knows the words of the patterns and the members of the classes, classes within classes."""
    known = Lexicon(keeps_endings=keeps_endings)
    used = {element for pattern in patterns for element in pattern.elements}
    known.add_words(used)
    missing = {element for element in used if is_class(element)} - set(classes)
    if missing:
        raise ValueError(f"no such class of words: {', '.join(sorted(missing))}")
    for name in classes:
        known.add_class(NUMBER if name == _NUMBER_WORDS else name, _members(name, classes))
    return known


def _members(name: str, classes: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for member in classes[name]:
        if member in classes:
            yield from _members(member, classes)
        else:
            yield member
