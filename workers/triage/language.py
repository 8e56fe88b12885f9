"""Tells the language of a message, and what else is spoken in it, from small words and usual groups of letters."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from workers.triage.folding import fold, words_of_folded, written_words
from workers.triage.reading import Reading
from workers.triage.vocabulary import read_toml

UNKNOWN = "und"
_CORE_WEIGHT = 3.0
_COMMON_WEIGHT = 2.4
_LETTER_WEIGHT = 1.2
_GRAM_WEIGHT = 0.35
_UNSEEN, _GRAMS = 0.3, 600  # smoothing: a group not seen, and how many groups a language may have
_MOST_WORDS, _MOST_CHARACTERS = 400, 4800
_LEAST_EVIDENCE = 1.5
_LEAST_KNOWN = 0.15  # of a text of several words, so that a language that isn't listed is called unknown
_SEVERAL_WORDS = 6
_FIRST_OF_SCRIPTS = "\u0600"
_SCRIPTS = ((0x0600, 0x06FF, "ara"), (0x2D30, 0x2D7F, "taq"), (0x07C0, 0x07FF, "bam"))


# What a second language is told by: so many words that no other language has, and so large a share of the longer ones.
_EUROPEAN = frozenset({"fra", "eng"})
_LEAST_MIXED, _LEAST_MIXED_AMONG_LIKE, _LEAST_MIXED_SHARE = 2, 3, 0.12
_CLEAR_LETTERS, _SHORTEST_TELLING = 0.7, 3


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a message is in: the ISO 639-3 code of the language of most of it (`und` if nothing tells), how sure that
    is (0–1), and the other languages that carry part of it.
    """

    language: str
    confidence: float
    mixed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Model:
    """What is known of all languages: the weight of each word and group of three letters in each.

    `rows` are the weights of `words` in the order of the languages.
    """

    languages: tuple[str, ...]
    words: Mapping[str, Mapping[str, float]]
    rows: Mapping[str, tuple[float, ...]]
    letters: Mapping[str, str]
    grams: Mapping[str, tuple[float, ...]]


def spoken(text: str | Reading) -> Spoken:
    """The languages of `text`; a few borrowed words don't make it mixed."""
    found = _language_words(text)
    text = text.text if isinstance(text, Reading) else text
    script = _script(text)
    if script:
        return Spoken(script, 0.95)
    language, confidence = _main(found, text)
    return Spoken(language, confidence, () if language == UNKNOWN else _mixed(found, language))


def identify(text: str) -> tuple[str, float]:
    """The ISO 639-3 code of the language most of `text` is in, `und` if nothing tells; and how sure (0–1)."""
    told = spoken(text)
    return told.language, told.confidence


def _main(found: list[str], text: str) -> tuple[str, float]:
    if not found:
        return UNKNOWN, 0.0
    scores = _scores(found, text)
    best = max(scores, key=lambda language: scores[language])
    if scores[best] < _LEAST_EVIDENCE or not _is_plausible(found, best):
        return UNKNOWN, 0.3
    total = sum(math.exp(min(0.0, (score - scores[best]) / 2)) for score in scores.values())
    return best, round(min(0.99, 1 / total), 3)


def _mixed(found: list[str], language: str) -> tuple[str, ...]:
    """The other languages spoken beside `language`, the most spoken first."""
    telling = dict.fromkeys(word for word in found if len(word) >= _SHORTEST_TELLING)
    told = Counter(other for word in telling if (other := _only_language(word, language)))
    enough = [
        (other, count)
        for other, count in told.most_common()
        if count >= _least_mixed(language, other) and count >= _LEAST_MIXED_SHARE * len(telling)
    ]
    return tuple(other for other, _ in enough)


def _least_mixed(language: str, other: str) -> int:
    """Names of persons and places look like the languages of Mali, and French and English like each other."""
    is_clear = other in _EUROPEAN and language not in _EUROPEAN
    return _LEAST_MIXED if is_clear else _LEAST_MIXED_AMONG_LIKE


@lru_cache(maxsize=16_384)
def _only_language(word: str, language: str) -> str | None:
    """The one other language that has the word; a word in no list may be told for French or English by its letters."""
    row = _model().words.get(word)
    if row is not None:
        only = next(iter(row))
        return only if len(row) == 1 and only != language else None
    grams = () if language in _EUROPEAN else _gram_scores(word)
    if not grams:
        return None
    scores = dict(zip(_model().languages, grams, strict=True))
    likeliest = max(scores, key=lambda other: scores[other])
    is_told = likeliest in _EUROPEAN and scores[likeliest] - scores[language] > _CLEAR_LETTERS
    return likeliest if is_told else None


def _script(text: str) -> str | None:
    if not text or max(text[:2000]) < _FIRST_OF_SCRIPTS:
        return None
    sample = [ord(character) for character in text[:2000] if character.isalpha()]
    for first, last, language in _SCRIPTS:
        if sum(first <= code <= last for code in sample) * 2 > len(sample) > 0:
            return language
    return None


def _language_words(text: str | Reading) -> list[str]:
    if isinstance(text, Reading):
        is_whole = len(text.text) <= _MOST_CHARACTERS
        listed = text.words if is_whole else words_of_folded(text.folded[:_MOST_CHARACTERS])
        found = [word.text for word in listed[:_MOST_WORDS]]
    else:
        found = written_words(text[:_MOST_CHARACTERS])[:_MOST_WORDS]
    return [word for word in found if not word.isdigit()]


def _scores(found: list[str], text: str) -> dict[str, float]:
    """The weight of evidence for each language."""
    model = _model()
    totals = map(sum, zip(*map(_word_scores, found), strict=True))
    scores: dict[str, float] = dict(zip(model.languages, totals, strict=True))
    _add_letters(scores, text, model)
    return scores


@lru_cache(maxsize=16_384)
def _word_scores(word: str) -> tuple[float, ...]:
    """The weight of evidence of a word and of its groups of letters for each language."""
    model = _model()
    rows = ((0.0,) * len(model.languages), model.rows.get(word, ()), _gram_scores(word))
    return tuple(map(sum, zip(*filter(None, rows), strict=True)))


def _is_plausible(found: list[str], language: str) -> bool:
    """Whether enough of the words are known in the language; of a short text, one."""
    words = _model().words
    known = sum(1 for word in found if language in words.get(word, ()))
    return known >= (_LEAST_KNOWN * len(found) if len(found) >= _SEVERAL_WORDS else 1)


def _add_letters(scores: dict[str, float], text: str, model: _Model) -> None:
    lowered = text[:5000].lower()
    for letter in sorted(model.letters.keys() & set(lowered)):
        scores[model.letters[letter]] += _LETTER_WEIGHT * min(lowered.count(letter), 5)


@lru_cache(maxsize=16_384)
def _gram_scores(word: str) -> tuple[float, ...]:
    """How much more usual the word's groups of letters are in each language than in the others; () for short words
    and numbers.
    """
    if len(word) < 3 or any(character.isdigit() for character in word):
        return ()
    model = _model()
    rows = [
        (0.0,) * len(model.languages),
        *(model.grams[gram] for gram in _grams(word) if gram in model.grams),
    ]
    return tuple(_GRAM_WEIGHT * max(-4.0, min(4.0, total)) for total in map(sum, zip(*rows, strict=True)))


def _grams(word: str) -> list[str]:
    padded = f"^{word}$"
    return [padded[index : index + 3] for index in range(len(padded) - 2)]


@cache
def _model() -> _Model:
    data = read_toml("language")
    lists = {code: (_folded(entry["core"]), _folded(entry["common"])) for code, entry in data.items()}
    letters = {letter: code for code, entry in data.items() for letter in entry["letters"]}
    languages = tuple(data)
    weights = _word_weights(lists)
    rows = {word: tuple(row.get(code, 0.0) for code in languages) for word, row in weights.items()}
    return _Model(languages, weights, rows, letters, _gram_weights(languages, lists))


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
