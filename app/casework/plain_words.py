"""Whether words that go on record could name somebody. A warning, not a proof: names belong to the safe."""

from __future__ import annotations

import re

from app.casework.errors import CaseworkError

LOOKS_IDENTIFYING = "looks_identifying"
_TOKEN = re.compile(r"\[[A-ZÉÈ]+(?:-[A-ZÉÈ]+)*-\d+\]")
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_SENTENCE = re.compile(r"[.!?;:\n]+")
_LONG_NUMBER = re.compile(r"(?:\d[ .\-/]?){6,}")
_SHORTEST = 2  # one capital letter alone is no name


def looks_identifying(text: str) -> bool:
    """Whether a text holds a long number, or a word with a capital that doesn't just begin a sentence.

    Tokens such as [PERSONNE-1] stand for what is hidden already.
    """
    without = _TOKEN.sub(" ", text)
    if _LONG_NUMBER.search(without):
        return True
    if len(words := _WORD.findall(without)) == 1:
        return _is_capital(words[0])
    return any(_names_somebody(_WORD.findall(sentence)) for sentence in _SENTENCE.split(without))


def check_words(text: str, *, is_confirmed: bool) -> None:
    """Raises CaseworkError("looks_identifying") for such words, unless a person said that they identify nobody."""
    if not is_confirmed and looks_identifying(text):
        raise CaseworkError(LOOKS_IDENTIFYING)


def _names_somebody(words: list[str]) -> bool:
    if any(_is_capital(word) for word in words[1:]):
        return True
    return bool(words) and _is_capital(words[0]) and words[0].isupper()


def _is_capital(word: str) -> bool:
    return len(word) >= _SHORTEST and word[0].isupper()
