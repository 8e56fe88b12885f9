"""What a few words tell: the language somebody writes in, and whether they say that there is danger."""

from __future__ import annotations

from functools import cache

from app.messaging.dialogue.languages import DEFAULT, fold, languages, words

_READ_SIGNS = 400  # of a text, to guess its language
_DENIAL_REACH = 2  # words before: "pas de danger"


@cache
def _small_words(language: str) -> frozenset[str]:
    return words(language, "guess")


def guess_language(text: str) -> str:
    """The language to speak, by small words; French when unsure."""
    return likely_language(text) or DEFAULT


def likely_language(text: str) -> str:
    """The language of a text by its small words, or nothing when none of them tells."""
    found = {fold(word) for word in text[:_READ_SIGNS].split()}
    votes = {language: len(found & _small_words(language)) for language in languages()}
    best = max(languages(), key=votes.__getitem__)  # the first of several: French
    return best if votes[best] else ""


@cache
def _said(key: str) -> frozenset[str]:
    return frozenset().union(*(words(language, "answers", key) for language in languages()))


def danger_told(text: str) -> tuple[int, int] | None:
    """Where an answer says that there is danger now, as start and end; None where it doesn't, or denies it."""
    position, before = 0, list[str]()
    for word in text.split():
        position = text.index(word, position)
        folded = fold(word)
        if folded in _said("danger") and not _said("denies") & set(before[-_DENIAL_REACH:]):
            return position, position + len(word)
        before.append(folded)
        position += len(word)
    return None
