"""Signatures by which a database index finds reports like another among a million, without reading them.

`bands` finds the same message again, reworded or not: MinHash over the telling words as they sound, cut into 16 bands
of three, so that texts sharing half their words meet with a chance of 0.88, and unrelated ones (a fiftieth) of 1 in
8,000.
`event_keys` finds the same event told by another: region, week and kind of act.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, timedelta
from functools import cache
from hashlib import blake2b
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from workers.triage.reading import read
from workers.triage.sounds import stem_sound

BANDS, _ROWS = 16, 3
_SEED = 20_260_101  # changing it, or the counts, changes every stored signature
_FEWEST_WORDS, _SHORTEST_WORD = 3, 4
_MOST_CHARACTERS = 5_000
_POSITIVE = 2**63 - 1
_TOKEN = re.compile(r"\[[A-Z]+-\d+[^\]]{0,60}\]")
_NO_ACT = frozenset({"none", "other"})
_DAYS_APART = timedelta(days=3)


def bands(text: str) -> tuple[int, ...]:
    """The band keys of an anonymised text, 16 whole numbers from 0 to 2**63 − 1; none if it says too little.

    Two texts are candidates if they share a key; nothing of the text can be told from its keys but by guessing it.
    """
    words = _telling_words(text)
    if len(words) < _FEWEST_WORDS:
        return ()
    hashed = np.array([crc32(word.encode("utf-8", "surrogatepass")) for word in words], dtype=np.uint64)
    factors, terms = _functions()
    least = ((hashed[None, :] * factors[:, None] + terms[:, None]) >> np.uint64(32)).min(axis=1)
    return tuple(_key(band, least[band * _ROWS : (band + 1) * _ROWS]) for band in range(BANDS))


def _telling_words(text: str) -> list[str]:
    """The words and numbers that tell messages apart; tokens that stand for people say nothing."""
    tokens = read(_TOKEN.sub(" ", text[:_MOST_CHARACTERS])).tokens
    telling = {
        token.key if token.key.isdigit() else stem_sound(token.key) or token.key
        for token in tokens
        if len(token.key) >= _SHORTEST_WORD or token.key.isdigit()
    }
    return sorted(telling)


@cache
def _functions() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """The hash functions (multiply and shift): drawn from a digest, so that no library's release changes them."""
    numbers = [_number(f"{_SEED}:{index}") for index in range(2 * BANDS * _ROWS)]
    factors = np.array(numbers[: BANDS * _ROWS], dtype=np.uint64) | np.uint64(1)
    return factors, np.array(numbers[BANDS * _ROWS :], dtype=np.uint64)


def _number(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")


def _key(band: int, least: NDArray[np.uint64]) -> int:
    digest = blake2b(bytes([band]) + least.astype("<u8").tobytes(), digest_size=8).digest()
    return int.from_bytes(digest, "big") & _POSITIVE


def event_keys(
    region_code: str | None, occurred_from: date | None, codes: Collection[str]
) -> tuple[str, ...]:
    """Keys shared by reports of one kind of act in one region within about a week; none if any of it is unknown.

    A day near the turn of a week has the keys of both weeks, so that days up to three apart always share one.
    """
    acts = sorted(set(codes) - _NO_ACT)
    if not region_code or occurred_from is None or not acts:
        return ()
    weeks = sorted({_week(occurred_from, shift) for shift in (-_DAYS_APART, _DAYS_APART)})
    return tuple(f"{region_code}:{week}:{code}" for week in weeks for code in acts)


def _week(moment: date, shift: timedelta) -> str:
    try:
        year, week, _ = (moment + shift).isocalendar()
    except OverflowError:
        year, week, _ = moment.isocalendar()
    return f"{year:04d}-W{week:02d}"
