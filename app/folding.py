"""Text as people type it when they are in a hurry: for comparing words and for searching."""

from __future__ import annotations

import unicodedata

_SPECIAL_LETTERS = str.maketrans("ɛɔŋɲ", "eonn")


def fold(text: str) -> str:
    """Lower case without accents, with Bambara's letters as people type them without them."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return bare.translate(_SPECIAL_LETTERS)
