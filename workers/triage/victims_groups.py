"""Finds the people a text speaks of, in groups: "3 femmes", "mon frère", "plusieurs enfants", a name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workers.contracts import Span
from workers.triage.reading import Reading
from workers.triage.victims_vocabulary import People, victim_words

_LONGEST_PHRASE, _LONGEST_NUMBER, _ADULT = 3, 3, 18
_MOST_PEOPLE = 1_000_000
_YEARS = frozenset({"an", "ans", "year", "years"})
_NOBODY = frozenset({"personne", "persone", "nobody"})
_SOMEONE = People(None, False, False)


@dataclass(frozen=True, slots=True)
class Group:
    """People named together: words `first` up to `last`, how many as far as told, whether the number is written."""

    first: int
    last: int
    count: int | None
    people: People
    is_counted: bool = False


def groups(reading: Reading, names: Sequence[Span]) -> list[Group]:
    """The groups of people in their order; those said to be armed are left out, for they aren't the victims."""
    keys = [token.key for token in reading.tokens]
    found = [*_named(reading, names)]
    taken = {index for group in found for index in range(group.first, group.last)}
    found += [group for group in _told(keys) if taken.isdisjoint(range(group.first, group.last))]
    return sorted((each for each in found if not _is_armed(keys, each)), key=lambda group: group.first)


def _named(reading: Reading, names: Sequence[Span]) -> Iterator[Group]:
    """Each name is one person."""
    for name in names:
        inside = [i for i, token in enumerate(reading.tokens) if name.start <= token.start < name.end]
        if inside:
            yield Group(inside[0], inside[-1] + 1, 1, _SOMEONE)


def _told(keys: Sequence[str]) -> Iterator[Group]:
    position = 0
    while position < len(keys):
        length, people = _people_at(keys, position)
        if people is not None and not _is_nobody(keys, position):
            yield _group(keys, position, position + length, people)
        position += max(1, length)


def _is_nobody(keys: Sequence[str], position: int) -> bool:
    """ "personne n'a été tué": the word without number or article before it is nobody."""
    before = keys[position - 1] if position else ""
    is_told = before in victim_words().single | victim_words().many or _value(before) is not None
    return keys[position] in _NOBODY and not is_told


def _people_at(keys: Sequence[str], first: int) -> tuple[int, People | None]:
    words = victim_words()
    if keys[first] not in words.people_begin:
        return 0, None
    known = words.people
    for length in range(min(_LONGEST_PHRASE, len(keys) - first), 0, -1):
        people = known.get(tuple(keys[first : first + length]))
        if people is not None:
            return length, people
    return 0, None


def _group(keys: Sequence[str], first: int, last: int, people: People) -> Group:
    """The word for people with its number or article before it, or, in Bambara, its number after it."""
    begin, count = number_before(keys, first)
    if count is None:
        last, count = _number_after(keys, last)
    is_counted = count is not None
    if count is None and begin > 0 and keys[begin - 1] in victim_words().single:
        begin, count = begin - 1, 1
    told = None if people.is_household else count
    return Group(begin, last, told, _aged(keys, last, people), is_counted and told is not None)


def number_before(keys: Sequence[str], first: int) -> tuple[int, int | None]:
    """Where the number that ends right before a word begins, and what it comes to; None if there is none."""
    begin = first - 1 if first > 0 and keys[first - 1] in {"de", "d", "of", "autres", "jeunes"} else first
    start = begin
    while start > 0 and begin - start < _LONGEST_NUMBER and _value(keys[start - 1]) is not None:
        start -= 1
    if start == begin:
        return first, None
    return start, _grouped(keys[start:begin]) or _sum([_value(key) or 0 for key in keys[start:begin]])


def _grouped(written: Sequence[str]) -> int | None:
    """The number that digits in groups of three stand for: "1 200"."""
    rest = written[1:]
    if not rest or not all(key.isdecimal() for key in written) or len(written[0]) > _LONGEST_NUMBER:
        return None
    return int("".join(written)) if all(len(key) == _LONGEST_NUMBER for key in rest) else None


def _number_after(keys: Sequence[str], last: int) -> tuple[int, int | None]:
    """Bambara counts after the noun: "mɔgɔ saba"; a French noun before a number is left alone."""
    if last < len(keys) and keys[last] in victim_words().numbers and keys[last] not in {"un", "une"}:
        return last + 1, victim_words().numbers[keys[last]]
    return last, None


def _value(key: str) -> int | None:
    if key.isdecimal():
        return int(key) if len(key) <= 7 else None
    return victim_words().numbers.get(key)


def _sum(parts: Sequence[int]) -> int | None:
    """What number words side by side come to: "deux cents", "vingt trois"."""
    total = 0
    for part in parts:
        total = max(total, 1) * part if part in (100, 1000) else total + part
    return total if 0 < total <= _MOST_PEOPLE else None


def _aged(keys: Sequence[str], last: int, people: People) -> People:
    """ "de 12 ans" after the word makes a child of them."""
    for index in range(last, min(last + 4, len(keys) - 1)):
        age = keys[index]
        if age.isdecimal() and keys[index + 1] in _YEARS:
            return People(people.sex, int(age[:3]) < _ADULT, people.is_household)
    return people


def _is_armed(keys: Sequence[str], group: Group) -> bool:
    return any(key in victim_words().armed for key in keys[group.last : group.last + 2])
