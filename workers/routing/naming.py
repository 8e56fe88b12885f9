"""Which organisations and people a text names. Pure: text and names in, ids out.

An organisation is named by its whole name, an acronym or another name, in any spelling that folds or sounds alike; a
person by two parts of the name close together. One word alone is enough only for an organisation, from three letters
on, never an everyday word, and unless it is an acronym only with a capital. Mistakes are on the side of naming: a
supervisor can say that it isn't so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workers.anonymise.lexicon import load_lexicon
from workers.anonymise.words import Word, split_words

SHORTEST = 3  # letters of a word that may stand for somebody
WINDOW = 4  # words among which two parts of a person's name lie
SHORTEST_BY_SOUND = 5  # letters: shorter words are compared by spelling
_DOTTED = re.compile(r"(?<!\w)(?:[^\W\d_]\.){2,}(?:[^\W\d_](?!\w))?")


@dataclass(frozen=True, slots=True)
class Nameable:
    """Somebody a text may name. `names` are an organisation's ways of being called, or a person's name."""

    id: str
    names: frozenset[str]
    is_person: bool = False


def named_in(text: str, candidates: Iterable[Nameable]) -> frozenset[str]:
    """The ids of those that a text names."""
    words = _words(text)
    return frozenset(each.id for each in candidates if _is_named(each, words))


def _words(text: str) -> Sequence[Word]:
    return split_words(_DOTTED.sub(lambda found: found[0].replace(".", ""), text))


def _is_like(one: Word, other: Word) -> bool:
    """Whether two words are one: by spelling, or by sound if they are long enough to tell."""
    if one.folded == other.folded:
        return True
    is_long = min(len(one.folded), len(other.folded)) >= SHORTEST_BY_SOUND
    return is_long and one.key == other.key != ""


def _is_named(candidate: Nameable, words: Sequence[Word]) -> bool:
    if candidate.is_person:
        return any(_has_person(_words(name), words) for name in candidate.names)
    return any(_has_name(_words(name), words) for name in candidate.names)


def _has_name(name: Sequence[Word], words: Sequence[Word]) -> bool:
    """Whether the words of a name stand in a row; the article before it may be another one."""
    name = _without_article(name)
    telling = [each for each in name if len(each.folded) >= SHORTEST]
    starts = [at for at in range(len(words) - len(name) + 1) if _stands_at(name, words, at)]
    if len(telling) > 1:
        return bool(starts)
    if not telling or load_lexicon().is_ordinary(telling[0].folded):
        return False
    return any(telling[0].text.isupper() or words[at].is_capital for at in starts)


def _without_article(name: Sequence[Word]) -> Sequence[Word]:
    is_article = (
        len(name) > 1 and len(name[0].folded) <= SHORTEST and load_lexicon().is_ordinary(name[0].folded)
    )
    return name[1:] if is_article else name


def _stands_at(name: Sequence[Word], words: Sequence[Word], start: int) -> bool:
    return all(_is_like(wanted, words[start + place]) for place, wanted in enumerate(name))


def _has_person(name: Sequence[Word], words: Sequence[Word]) -> bool:
    """Whether two different parts of a name stand close together, in any order."""
    parts = [each for each in name if len(each.folded) >= SHORTEST]
    places = [
        (place, part)
        for place, word in enumerate(words)
        for part, wanted in enumerate(parts)
        if _is_like(wanted, word)
    ]
    return any(
        other != part and 0 < second - first < WINDOW
        for index, (first, part) in enumerate(places)
        for second, other in places[index + 1 : index + 1 + WINDOW * len(parts)]
    )
