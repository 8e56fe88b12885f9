"""What the words around a match make of it: a deed, a threat, denied, asked about or only heard of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from workers.triage.matching import Listing, Match, Occurrences, listing
from workers.triage.patterns import Lexicon, lexicon, parse
from workers.triage.reading import Reading
from workers.triage.vocabulary import keys, read_toml

_REACH = 3
_HEARSAY_REACH = 6
_FUTURE_ENDINGS = ("eront", "erons", "iront", "irons")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The words that change what a match says, as spelling keys."""

    denial_before: frozenset[str]
    denial_next: frozenset[str]
    denial_after: frozenset[str]
    denial_of_verb: frozenset[str]
    denial_bambara: frozenset[str]
    denial_bambara_stop: frozenset[str]
    denial_stop: frozenset[str]
    to_come: frozenset[str]
    between_to_come: frozenset[str]
    will_be: frozenset[str]
    hearsay: frozenset[str]
    done: frozenset[str]


@cache
def _surroundings() -> Surroundings:
    data = read_toml("violations_context")
    return Surroundings(**{name: keys(data[name]) for name in Surroundings.__dataclass_fields__})


@cache
def patterns_of(name: str) -> tuple[Listing[None], Lexicon]:
    """The patterns of a kind of sentence (`question`, `advertising`), and the lexicon of their words, read once."""
    patterns = [parse(source) for source in read_toml("violations_context")[name]]
    return listing((None, pattern) for pattern in patterns), lexicon(patterns, {})


def _before(reading: Reading, match: Match, reach: int) -> list[str]:
    """The words of the same clause before the match, nearest first."""
    clause = reading.tokens[match.first].clause
    found = reading.tokens[max(0, match.first - reach) : match.first]
    return [token.key for token in reversed(found) if token.clause == clause]


def _after(reading: Reading, match: Match, reach: int) -> list[str]:
    clause = reading.tokens[match.last - 1].clause
    return [token.key for token in reading.tokens[match.last : match.last + reach] if token.clause == clause]


def _inside(reading: Reading, match: Match) -> list[str]:
    """The words that stand between the phrases of the match."""
    return [
        reading.tokens[index].key for index in range(match.first, match.last) if index not in match.tokens
    ]


def is_denied(reading: Reading, match: Match, language: str) -> bool:
    """Whether the text says that what the match tells of did not happen."""
    return (
        _is_denied_before(_before(reading, match, _REACH))
        or _is_denied_after(reading, match)
        or (language == "bam" and _is_denied_in_bambara(reading, match))
    )


def _is_denied_before(before: list[str]) -> bool:
    around = _surroundings()
    if before and before[0] in around.denial_next:
        return True
    for word in before:
        if word in around.denial_stop:
            return False
        if word in around.denial_before:
            return True
    return False


def _is_denied_after(reading: Reading, match: Match) -> bool:
    around = _surroundings()
    inside = _inside(reading, match)
    verb_is_denied = any(word in around.denial_of_verb for word in _before(reading, match, _REACH + 1))
    return verb_is_denied and any(word in around.denial_after for word in inside + _after(reading, match, 2))


def _is_denied_in_bambara(reading: Reading, match: Match) -> bool:
    around = _surroundings()
    inside = _inside(reading, match)
    for word in [*reversed(inside), *_before(reading, match, 2)]:
        if word in around.denial_bambara_stop:
            return False
        if word in around.denial_bambara:
            return True
    return False


def is_to_come(reading: Reading, match: Match) -> bool:
    """Whether the match is announced, feared or conditional rather than told as done."""
    around = _surroundings()
    if _is_future(reading, match):
        return True
    for word in _before(reading, match, _REACH + 3):
        if word in around.to_come or word in around.will_be:
            return True
        if word not in around.between_to_come:
            return False
    return False


def _is_future(reading: Reading, match: Match) -> bool:
    """French verbs in -ront say it by themselves ("tueront", "brûleront")."""
    return any(reading.tokens[index].key.endswith(_FUTURE_ENDINGS) for index in match.tokens)


def is_told_as_done(reading: Reading, match: Match) -> bool:
    """Whether a form of avoir or être right before it makes the match a deed, even within a question."""
    return any(word in _surroundings().done for word in _before(reading, match, 2))


def is_hearsay(reading: Reading, match: Match) -> bool:
    """Whether the match is told as something said by others."""
    return any(word in _surroundings().hearsay for word in _before(reading, match, _HEARSAY_REACH))


def _sentences(reading: Reading, name: str) -> frozenset[int]:
    listed, known = patterns_of(name)
    occurrences = Occurrences(reading, known)
    return frozenset(
        reading.tokens[match.first].sentence
        for _, pattern in occurrences.begun(listed)
        for match in occurrences.find(pattern)
    )


def questions(reading: Reading) -> frozenset[int]:
    """The sentences that ask about the service."""
    return _sentences(reading, "question")


def is_advertising(reading: Reading) -> bool:
    """Whether the text sells, promises prizes or asks to be passed on."""
    return bool(_sentences(reading, "advertising"))
