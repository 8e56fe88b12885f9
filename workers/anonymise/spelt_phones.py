"""Telephone numbers dictated in words, in digits and words mixed: `soixante-seize 12 puis trente-quatre 56`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from workers.anonymise.claims import Claim
from workers.anonymise.cues import cue_words
from workers.anonymise.numerals import number_words
from workers.anonymise.phonetics import fold
from workers.contracts import EntityLabel
from workers.gates import Gate

_NATIONAL_LENGTH = 8
_FIRST_DIGITS = "2456789"
_FEWEST_PARTS, _FEWEST_WORDS = 4, 2
_AS_SAID, _MOST_TIMES = -1, 4
_FOUR, _TEN, _TWENTY, _HUNDRED = 4, 10, 20, 100
_COUNTRY = re.compile(r"(?:00)?2230?(?=\d{8})")
_WRITTEN_IN_TWO = frozenset({7, 8, 9})
_TENS_WITH_TEENS = frozenset({60, 80})
_PART = re.compile(r"[^\W\d_]+|\d+")
_LETTERS = re.compile(r"[^\W\d_]+")
_CLOSE = re.compile(r"[\s,.\-/+()]{0,4}")


@dataclass(frozen=True, slots=True)
class _Part:
    """A number word with its value, a group of digits as it stands (`digits`), or a word that joins two (neither).

    `times` is how often what follows is said (`double`), or `_AS_SAID` where the number before tells (`trois fois`).
    """

    start: int
    end: int
    value: int | None
    digits: str
    times: int = 0


class _Kind(NamedTuple):
    """A word's `value` and `times`, as in `_Part`."""

    value: int | None
    times: int = 0


def find_spelt_phones(text: str) -> Iterator[Claim]:
    """Runs of number words, with or without groups of digits, that read as pairs or single digits give a number."""
    if not _GATE.is_open(text):
        return
    for run in _runs(text):
        words = sum(part.value is not None or part.times != 0 for part in run)
        digits = _COUNTRY.sub("", "".join(_digits(_said_again(run))), count=1)
        is_number = len(digits) == _NATIONAL_LENGTH and digits[0] in _FIRST_DIGITS
        if is_number and len(run) >= _FEWEST_PARTS and words >= _FEWEST_WORDS:
            yield Claim(run[0].start, run[-1].end, EntityLabel.PHONE, 0.85, ("number words",))


def _runs(text: str) -> Iterator[list[_Part]]:
    """Numbers that stand close together; a run neither begins nor ends with a joining word."""
    run: list[_Part] = []
    for match in _PART.finditer(text):
        part = _part(match)
        if run and (part is None or not _CLOSE.fullmatch(text, run[-1].end, match.start())):
            yield _without_joins(run)
            run = []
        if part is not None and (run or not _is_join(part)):
            run.append(part)
    if run:
        yield _without_joins(run)


def _part(match: re.Match[str]) -> _Part | None:
    written = match.group()
    if written[0].isdecimal():
        return _Part(*match.span(), None, "".join(str(int(digit)) for digit in written))
    kind = _kind(written)
    return _Part(*match.span(), kind.value, "", kind.times) if kind else None


@lru_cache(maxsize=8192)
def _kind(written: str) -> _Kind | None:
    """What a word is to a number: its value, how often it is said, or what joins it; None for other words."""
    folded = fold(written)
    folded = folded.removesuffix("s") if folded == "vingts" else folded
    if folded in number_words():
        return _Kind(number_words()[folded])
    if folded in cue_words("number", "times"):
        return _Kind(None, _AS_SAID)
    if folded in cue_words("number", "doubles"):
        return _Kind(None, 2)
    return _Kind(None) if folded in cue_words("number", "joins") else None


@lru_cache(maxsize=8192)
def _counts(written: str) -> bool:
    """Whether a word is a number word, or says how often one is said."""
    kind = _kind(written)
    return kind is not None and (kind.value is not None or kind.times != 0)


def _has_number_words(text: str) -> bool:
    return sum(map(_counts, _LETTERS.findall(text))) >= _FEWEST_WORDS


_GATE = Gate(_has_number_words)


def _said_again(run: Sequence[_Part]) -> list[_Part]:
    """The run with what is said several times written out: `75 trois fois 33` is 75 33 33 33."""
    said: list[_Part] = []
    again = 1
    for part in run:
        if part.times:
            again = part.times if part.times != _AS_SAID else _taken_count(said)
        elif not _is_join(part):
            said += [part] * again
            again = 1
    return said


def _taken_count(said: list[_Part]) -> int:
    """How often, from the number said last, which is no digit of the telephone number then."""
    if not said:
        return 1
    last = said[-1]
    count = last.value if last.value is not None else int(last.digits)
    if not 2 <= count <= _MOST_TIMES:
        return 1
    said.pop()
    return count


def _is_join(part: _Part) -> bool:
    return part.value is None and not part.digits and not part.times


def _without_joins(run: list[_Part]) -> list[_Part]:
    while run and (_is_join(run[-1]) or run[-1].times):
        run = run[:-1]
    return run


def _digits(run: Sequence[_Part]) -> Iterator[str]:
    """The digits of a run: groups as they stand, the words between them read together."""
    values: list[int] = []
    for part in run:
        if part.digits:
            yield from _read(values)
            values = []
            yield part.digits
        elif part.value is not None:
            values.append(part.value)
    yield from _read(values)


def _read(values: Sequence[int]) -> Iterator[str]:
    """Numbers as they are said in pairs: 60 16 is 76, 4 20 10 is 90, 30 4 is 34."""
    index = 0
    while index < len(values):
        number, index = _tens(values, index)
        if 1 <= number <= 9 and index < len(values) and values[index] == _HUNDRED:  # deux cent vingt-trois
            yield str(number)
            index += 1
            continue
        if (
            number >= _TWENTY
            and number % 10 == 0
            and index < len(values)
            and _completes(number, values[index])
        ):
            number += values[index]
            index += 1
            if number % 10 == 0 and index < len(values) and 7 <= values[index] <= 9:  # soixante-dix-sept
                number += values[index]
                index += 1
        yield str(number)


def _tens(values: Sequence[int], index: int) -> tuple[int, int]:
    if values[index] == _FOUR and index + 1 < len(values) and values[index + 1] == _TWENTY:
        return _FOUR * _TWENTY, index + 2
    has_unit = values[index] == _TEN and index + 1 < len(values) and values[index + 1] in _WRITTEN_IN_TWO
    if has_unit:
        return _TEN + values[index + 1], index + 2
    return values[index], index + 1


def _completes(tens: int, value: int) -> bool:
    return 1 <= value <= 9 or (tens in _TENS_WITH_TEENS and 10 <= value <= 16)
