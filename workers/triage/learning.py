"""Learns the second voice for violations from examples, and says whether a new one is better than the running one.

Pure and deterministic: the same examples and seed give the same model. scikit-learn is needed here, not for reading.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version as version_of
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.triage.features import BINS, WRITTEN, Features, features, written_number
from workers.triage.linear_model import LEVELS, Model, as_rarity, from_weights, rounded_rarities
from workers.triage.word_meanings import PACKAGE, Meanings, word_meanings

_STRENGTH = 8.0  # inverse of the penalty on large weights
_EXACT_TO = 0.001
_MEANING = 0.8  # how much the meaning of the words weighs beside the features
_FEWEST_EXAMPLES = 3
_ENOUGH_EXAMPLES = 10
_BETTER_BY, _WORSE_BY = 0.005, 0.05
_LIKELY = 0.5


@dataclass(frozen=True, slots=True)
class Example:
    """A text, the codes that a person says it tells of, the main one first, and how urgent it is (0–3) if they said."""

    text: str
    codes: tuple[str, ...]
    urgency: int | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models on the same held-back examples: macro-F1 of each, F1 by code, whether to promote, and why."""

    running: float
    candidate: float
    running_by_code: Mapping[str, float]
    candidate_by_code: Mapping[str, float]
    is_better: bool
    reason: str


def train(examples: Sequence[Example], seed: int = 0, version: str = "1") -> Model:
    """A model learnt from the examples. Raises `ValueError` if no code has three examples for and against."""
    codes = _codes(examples)
    return _learnt(
        examples, {code: [code in each.codes for each in examples] for code in codes}, seed, version
    )


def train_urgency(examples: Sequence[Example], seed: int = 0, version: str = "1") -> Model:
    """A model of how likely a text is at least as urgent as each of `LEVELS`, from the examples that say it.

    Raises `ValueError` if no level has three examples for and against.
    """
    told = [(each, each.urgency) for each in examples if each.urgency is not None]
    reached = {level: [urgency >= int(level) for _, urgency in told] for level in LEVELS}
    return _learnt([each for each, _ in told], reached, seed, version)


def _learnt(
    examples: Sequence[Example], told: Mapping[str, Sequence[bool]], seed: int, version: str
) -> Model:
    """A model of what is told of each example, by what it is called."""
    learnable = {name: each for name, each in told.items() if _is_learnable(each)}
    if not learnable:
        raise ValueError("too few examples to learn from")
    read = [features(example.text) for example in examples]
    rarities = rounded_rarities(_rarities(read))
    known = _Known(_matrix(read, as_rarity(rarities)), _word_vectors(word_meanings()))
    learnt = [_learn(known, each, seed) for each in learnable.values()]
    weights = np.vstack([row for row, _ in learnt])
    intercepts = np.array([intercept for _, intercept in learnt])
    manifest = _manifest(examples, seed, version)
    return from_weights(tuple(learnable), weights, intercepts, rarities, manifest)


def _codes(examples: Iterable[Example]) -> list[str]:
    return sorted({code for example in examples for code in example.codes})


def _is_learnable(told: Sequence[bool]) -> bool:
    return min(sum(told), len(told) - sum(told)) >= _FEWEST_EXAMPLES


def _rarities(read: Sequence[Features]) -> NDArray[np.float64]:
    """How telling each feature is for being rare: 1 + ln((texts + 1) / (texts that have it + 1))."""
    having = np.zeros(BINS)
    for each in read:
        having[np.unique(each.numbers)] += 1
    return np.asarray(1 + np.log((len(read) + 1) / (having + 1)), dtype=np.float64)


def _matrix(read: Sequence[Features], rarity: NDArray[np.float64]) -> Any:
    """The texts as a sparse matrix: a row for each, a column for each feature."""
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

    starts = np.cumsum([0, *(each.numbers.size for each in read)])
    numbers = np.concatenate([each.numbers for each in read])
    values = np.concatenate([each.values(rarity) for each in read])
    return csr_matrix((values, numbers, starts), shape=(len(read), BINS))


def _word_vectors(meanings: Meanings) -> Any:
    """The meaning of each feature that is a written word, as a sparse matrix (features × dimensions)."""
    from scipy.sparse import csr_matrix

    rows = np.array(list(meanings.rows.values()))
    numbers = np.array([written_number(key) for key in meanings.rows])
    shared = np.bincount(numbers, minlength=BINS)[numbers]
    chosen = csr_matrix((1 / shared, (numbers, rows)), shape=(BINS, len(meanings.vectors)))
    return chosen @ csr_matrix(meanings.vectors)


@dataclass(frozen=True)
class _Known:
    """What is learnt from: the texts by feature, and the meaning of the features."""

    texts: Any
    vectors: Any

    @cached_property
    def columns(self) -> Any:
        """The texts by feature and, beside it, by meaning: the sum of what their words mean."""
        from scipy.sparse import hstack

        return hstack([self.texts, self.texts @ self.vectors * (_MEANING / WRITTEN)]).tocsr()

    @cached_property
    def used(self) -> NDArray[np.intp]:
        """The columns that any text has. The others weigh nothing, but cost time with few texts."""
        return np.unique(self.columns.indices)

    @cached_property
    def used_columns(self) -> Any:
        """What is in the used columns."""
        return self.columns[:, self.used]

    def folded(self, learnt: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weights of the used columns as weights of the features alone: a word carries what its meaning weighs.

        So a word that no example has still speaks, by those that mean the like, and reading needs no vectors.
        """
        weights = np.zeros(self.columns.shape[1])
        weights[self.used] = learnt
        own, meant = weights[:BINS], weights[BINS:]
        return np.asarray(own + self.vectors @ meant * (_MEANING / WRITTEN), dtype=np.float64)


def _learn(known: _Known, told: Sequence[bool], seed: int) -> tuple[NDArray[np.float64], float]:
    """The weights and intercept of one code against all others."""
    from sklearn.linear_model import LogisticRegression

    learner = LogisticRegression(
        C=_STRENGTH,
        solver="liblinear",
        class_weight="balanced",
        random_state=seed,
        max_iter=300,
        tol=_EXACT_TO,
    )
    learner.fit(known.used_columns, np.array(told, dtype=np.int8))
    return known.folded(learner.coef_[0]), float(learner.intercept_[0])


def _manifest(examples: Sequence[Example], seed: int, version: str) -> dict[str, Any]:
    import sklearn

    return {
        "version": version,
        "examples": len(examples),
        "examples_sha256": digest(examples),
        "scikit_learn": sklearn.__version__,
        "word_vectors": f"{PACKAGE} {version_of(PACKAGE)}",
        "seed": seed,
    }


def digest(examples: Iterable[Example]) -> str:
    """The SHA-256 digest of the examples in their order."""
    found = hashlib.sha256()
    for example in examples:
        found.update("\t".join([*example.codes, example.text, "\n"]).encode("utf-8", "surrogatepass"))
    return found.hexdigest()


def compare(running: Model, candidate: Model, held_back: Sequence[Example]) -> Comparison:
    """Both models on examples that neither learnt from.

    The candidate is better if its macro-F1 is higher by more than half a point and no code with ten examples or
    more loses over five points.
    """
    before, after = scores(running, held_back), scores(candidate, held_back)
    gain = mean(after) - mean(before)
    lost = [code for code in _well_known(held_back) if before.get(code, 0) - after.get(code, 0) > _WORSE_BY]
    is_better = gain > _BETTER_BY and not lost
    reason = (
        f"worse for {', '.join(lost)}" if lost else "better" if is_better else "not better by half a point"
    )
    return Comparison(mean(before), mean(after), before, after, is_better, reason)


def _well_known(examples: Sequence[Example]) -> list[str]:
    return [
        code
        for code in _codes(examples)
        if sum(code in example.codes for example in examples) >= _ENOUGH_EXAMPLES
    ]


def scores(model: Model, examples: Sequence[Example]) -> dict[str, float]:
    """F1 by code of what the model thinks likely, for the codes told of in the examples."""
    guessed = [_guess(model, example.text) for example in examples]
    return {code: _f1(code, examples, guessed) for code in _codes(examples)}


def _guess(model: Model, text: str) -> set[str]:
    """What is likely, or the likeliest where nothing is."""
    chances = model.likelihoods(features(text))
    likely = {code for code, chance in chances.items() if chance >= _LIKELY}
    return likely or {max(chances, key=lambda code: chances[code])}


def _f1(code: str, examples: Sequence[Example], guessed: Sequence[set[str]]) -> float:
    pairs = [(code in example.codes, code in guess) for example, guess in zip(examples, guessed, strict=True)]
    right = sum(told and given for told, given in pairs)
    wrong = sum(told != given for told, given in pairs)
    return 2 * right / (2 * right + wrong) if right or wrong else 0.0


def mean(by_code: Mapping[str, float]) -> float:
    """Macro-F1: the mean over the codes."""
    return sum(by_code.values()) / len(by_code) if by_code else 0.0
