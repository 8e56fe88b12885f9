"""Telephone numbers dictated in words: `soixante-seize douze trente-quatre cinquante-six`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache

from workers.anonymise.claims import Claim
from workers.anonymise.lexicon import vocabulary
from workers.anonymise.words import Word, split_words
from workers.contracts import EntityLabel

_NATIONAL_LENGTH = 8
_FIRST_DIGITS = "2456789"
_FEWEST_WORDS = 4
_FOUR, _TEN, _TWENTY, _HUNDRED = 4, 10, 20, 100
_COUNTRY = re.compile(r"(?:00)?223")
_WRITTEN_IN_TWO = frozenset({7, 8, 9})
_TENS_WITH_TEENS = frozenset({60, 80})


def find_spelt_phones(text: str) -> Iterator[Claim]:
    """Runs of number words that, read as pairs or single digits, give a national number."""
    for run in _runs(split_words(text)):
        digits = "".join(_read([_value(word) for word in run if word.folded != "et"]))
        digits = _COUNTRY.sub("", digits) if len(digits) > _NATIONAL_LENGTH else digits
        if len(digits) == _NATIONAL_LENGTH and digits[0] in _FIRST_DIGITS and len(run) >= _FEWEST_WORDS:
            yield Claim(run[0].start, run[-1].end, EntityLabel.PHONE, 0.85, ("number words",))


@cache
def _values() -> dict[str, int]:
    groups = tomllib.loads(vocabulary("number_words.toml").read_text(encoding="utf-8"))
    return {word: value for group in groups.values() for word, value in group.items()}


def _value(word: Word) -> int:
    return _values()[word.folded.removesuffix("s") if word.folded == "vingts" else word.folded]


def _is_number(word: Word) -> bool:
    return word.folded in _values() or word.folded == "vingts"


def _runs(words: Sequence[Word]) -> Iterator[list[Word]]:
    run: list[Word] = []
    for word in words:
        belongs = _is_number(word) or (bool(run) and word.folded == "et")
        if run and (not belongs or len(word.gap.strip(" ,-./")) > 0):
            yield _without_last_et(run)
            run = []
        if belongs and (run or _is_number(word)):
            run.append(word)
    if run:
        yield _without_last_et(run)


def _without_last_et(run: list[Word]) -> list[Word]:
    return run[:-1] if run[-1].folded == "et" else run


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
