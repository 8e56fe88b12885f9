"""Tells the language of a message from its small words and its usual groups of letters."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from workers.triage.folding import fold, words
from workers.triage.vocabulary import read_toml

UNKNOWN = "und"
_CORE_WEIGHT = 3.0
_COMMON_WEIGHT = 2.4
_LETTER_WEIGHT = 1.2
_GRAM_WEIGHT = 0.35
_UNSEEN, _GRAMS = 0.3, 600  # smoothing: a group not seen, and how many groups a language may have
_MOST_WORDS = 400
_LEAST_EVIDENCE = 1.5
_LEAST_KNOWN = 0.15  # of a text of several words, so that a language that isn't listed is called unknown
_SEVERAL_WORDS = 6
_SCRIPTS = ((0x0600, 0x06FF, "ara"), (0x2D30, 0x2D7F, "taq"), (0x07C0, 0x07FF, "bam"))


@dataclass(frozen=True, slots=True)
class _Model:
    """What is known of all languages: the weight of each word and group of three letters in each."""

    languages: tuple[str, ...]
    words: Mapping[str, Mapping[str, float]]
    letters: Mapping[str, str]
    grams: Mapping[str, tuple[float, ...]]


def identify(text: str) -> tuple[str, float]:
    """The ISO 639-3 code of the language most of `text` is in, `und` if nothing tells; and how sure (0–1)."""
    script = _script(text)
    if script:
        return script, 0.95
    found = _language_words(text)
    if not found:
        return UNKNOWN, 0.0
    scores = _scores(found, text)
    best = max(scores, key=lambda language: scores[language])
    if scores[best] < _LEAST_EVIDENCE or not _is_plausible(found, best):
        return UNKNOWN, 0.3
    total = sum(math.exp(min(0.0, (score - scores[best]) / 2)) for score in scores.values())
    return best, round(min(0.99, 1 / total), 3)


def _script(text: str) -> str | None:
    sample = [ord(character) for character in text[:2000] if character.isalpha()]
    for first, last, language in _SCRIPTS:
        if sum(first <= code <= last for code in sample) * 2 > len(sample) > 0:
            return language
    return None


def _language_words(text: str) -> list[str]:
    found = [word.text for word in words(text[: _MOST_WORDS * 12])][:_MOST_WORDS]
    return [word for word in found if not word.isdigit()]


def _scores(found: list[str], text: str) -> dict[str, float]:
    """The weight of evidence for each language."""
    model = _model()
    scores = dict.fromkeys(model.languages, 0.0)
    for word in found:
        _add(scores, model.words.get(word, {}))
        _add(scores, _gram_scores(model, word))
    _add_letters(scores, text, model)
    return scores


def _is_plausible(found: list[str], language: str) -> bool:
    """Whether enough of the words are known in the language; of a short text, one."""
    known = sum(language in _model().words.get(word, {}) for word in found)
    return known >= (_LEAST_KNOWN * len(found) if len(found) >= _SEVERAL_WORDS else 1)


def _add(scores: dict[str, float], more: Mapping[str, float]) -> None:
    for language, weight in more.items():
        scores[language] += weight


def _add_letters(scores: dict[str, float], text: str, model: _Model) -> None:
    present = Counter(character for character in text[:5000].lower() if character in model.letters)
    for letter, count in present.items():
        scores[model.letters[letter]] += _LETTER_WEIGHT * min(count, 5)


def _gram_scores(model: _Model, word: str) -> dict[str, float]:
    """How much more usual the word's groups of letters are in each language than in the others."""
    if len(word) < 3 or any(character.isdigit() for character in word):
        return {}
    rows = [model.grams[gram] for gram in _grams(word) if gram in model.grams]
    return {
        language: _GRAM_WEIGHT * max(-4.0, min(4.0, sum(row[index] for row in rows)))
        for index, language in enumerate(model.languages)
    }


def _grams(word: str) -> list[str]:
    padded = f"^{word}$"
    return [padded[index : index + 3] for index in range(len(padded) - 2)]


@cache
def _model() -> _Model:
    data = read_toml("language")
    lists = {code: (_folded(entry["core"]), _folded(entry["common"])) for code, entry in data.items()}
    letters = {letter: code for code, entry in data.items() for letter in entry["letters"]}
    languages = tuple(data)
    return _Model(languages, _word_weights(lists), letters, _gram_weights(languages, lists))


def _folded(listing: str) -> set[str]:
    return {word for entry in listing.split() for word in fold(entry).replace("'", " ").split()}


def _word_weights(lists: Mapping[str, tuple[set[str], set[str]]]) -> dict[str, dict[str, float]]:
    """A word known to several languages tells less: its weights are lowered by what they have in common."""
    weights: dict[str, dict[str, float]] = {}
    for code, (core, common) in lists.items():
        for word in core | common:
            weights.setdefault(word, {})[code] = _CORE_WEIGHT if word in core else _COMMON_WEIGHT
    return {word: _relative(row) for word, row in weights.items()}


def _relative(row: Mapping[str, float]) -> dict[str, float]:
    return {code: weight / len(row) for code, weight in row.items()} if len(row) > 1 else dict(row)


def _gram_weights(
    languages: Iterable[str], lists: Mapping[str, tuple[set[str], set[str]]]
) -> dict[str, tuple[float, ...]]:
    counts = {
        code: Counter(gram for word in set.union(*lists[code]) for gram in _grams(word)) for code in languages
    }
    totals = {code: sum(count.values()) for code, count in counts.items()}
    every = set().union(*counts.values())
    return {
        gram: _log_odds([(counts[code][gram] + _UNSEEN) / (totals[code] + _GRAMS) for code in languages])
        for gram in every
    }


def _log_odds(chances: list[float]) -> tuple[float, ...]:
    mean = sum(math.log(chance) for chance in chances) / len(chances)
    return tuple(math.log(chance) - mean for chance in chances)
