"""Names spelt letter by letter: `a m a d o u`, `K-O-N-É`, `T.r.a.o.r.é`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workers.anonymise.claims import Claim
from workers.anonymise.lexicon import Lexicon, load_lexicon
from workers.anonymise.phonetics import fold, phonetic_key
from workers.contracts import EntityLabel

_LISTED, _UNLISTED = 0.9, 0.55
_SPELT = re.compile(r"(?<![^\W_])(?:[^\W\d_]([ .\-_*]{1,2}))(?:[^\W\d_]\1){2,30}[^\W\d_](?![^\W_])")
_SHORTEST_NAME, _LONGEST_NAME = 3, 14
_FEWEST_UNLISTED = 5


def find_spelt_names(text: str) -> Iterator[Claim]:
    """Runs of four letters and more, set apart by one and the same sign, that read as names or as no known word."""
    for match in _SPELT.finditer(text):
        weight = _weight(_joined(match.group()), match.group(1).strip())
        if weight:
            yield Claim(*match.span(), EntityLabel.PERSON, weight, ("spelt out",))


def _joined(written: str) -> str:
    return "".join(letter for letter in fold(written) if letter.isalpha())


def _weight(letters: str, separator: str) -> float:
    lexicon = load_lexicon()
    if letters in lexicon.forces or lexicon.is_ordinary(letters):
        return 0.0
    if _reads_as_names(letters, lexicon):
        return _LISTED
    is_acronym = separator == "." or len(letters) < _FEWEST_UNLISTED
    return 0.0 if is_acronym or lexicon.is_place(letters, phonetic_key(letters)) else _UNLISTED


def _reads_as_names(letters: str, lexicon: Lexicon) -> bool:
    """Whether the letters fall into listed names without rest: `amadoutraore`."""
    reached = {0}
    for end in range(_SHORTEST_NAME, len(letters) + 1):
        starts = (start for start in reached if _SHORTEST_NAME <= end - start <= _LONGEST_NAME)
        if any(letters[start:end] in lexicon.names for start in starts):
            reached.add(end)
    return len(letters) in reached
