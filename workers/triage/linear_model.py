"""The second voice for violations: one logistic model for each code over hashed features, in numpy alone.

It is kept as `<name>.npz` (eight-bit weights, no pickle) beside `<name>.json`, its manifest. Models kept in another
form than `FORM` are refused.
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.contracts import Span
from workers.triage.features import BINS, Features, features, is_first
from workers.triage.reading import Reading

RUNNING, URGENCY = "violations", "urgency"
LEVELS = ("1", "2", "3")  # of urgency, that a text reaches or not; below the first is nothing, or long past
MODELS = "workers.vocabularies.models"
FORM = 2  # 1 had no rarities and half as many features
_STEPS = 127  # of an eight-bit weight
_RARITY_STEPS = 16  # of an eight-bit rarity, to one
_MOST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Opinion:
    """How likely a text tells of a code (0–1), and the words that speak most for it."""

    code: str
    likelihood: float
    words: tuple[Span, ...]


@dataclass(frozen=True)
class Model:
    """Weights by code and feature, as eight-bit steps with a scale for each code; and what it was made from.

    `rarities` says by feature how telling it is for being rare, in sixteenths.
    """

    codes: tuple[str, ...]
    steps: NDArray[np.int8]
    scales: NDArray[np.float64]
    intercepts: NDArray[np.float64]
    rarities: NDArray[np.uint8]
    manifest: Mapping[str, Any] = field(default_factory=dict)

    def likelihoods(self, read: Features) -> dict[str, float]:
        """How likely the text tells of each code, by itself (0–1)."""
        return self._likelihoods(self._by_feature[read.numbers], self._values(read))

    def _likelihoods(self, steps: NDArray[np.int8], values: NDArray[np.float64]) -> dict[str, float]:
        """By code, from the steps of some features and what each of them counts for."""
        totals = (values @ steps.astype(np.float64)) * self.scales + self.intercepts
        return dict(zip(self.codes, _logistic(totals).tolist(), strict=True))

    def opinions(
        self,
        text: str | Reading | Features,
        least: float,
        asked: Collection[str] = (),
        meant: Mapping[str, float] = MappingProxyType({}),
    ) -> list[Opinion]:
        """What the model thinks likely enough, and of the codes asked for, likeliest first, with what weighed.

        `meant` are the log-odds that the encoder gives codes, each of which counts as much as the model's own.
        """
        read = features(text)
        if not read.words:
            return []
        steps, values = self._by_feature.take(read.numbers, axis=0), self._values(read)
        chances = joined(self._likelihoods(steps, values), meant)
        told = [code for code, likely in chances.items() if likely >= least or code in asked]
        ordered = sorted(told, key=lambda code: -chances[code])
        speaks = steps.take([self._place[code] for code in ordered], axis=1) * values[:, None]
        weights = _by_word(read, _of_any_family(read.numbers, speaks)).T.tolist()
        return [
            Opinion(code, round(chances[code], 4), _heaviest(read, row))
            for code, row in zip(ordered, weights, strict=True)
        ]

    @cached_property
    def _place(self) -> Mapping[str, int]:
        return {code: place for place, code in enumerate(self.codes)}

    @cached_property
    def _rarity(self) -> NDArray[np.float64]:
        return as_rarity(self.rarities)

    @cached_property
    def _by_feature(self) -> NDArray[np.int8]:
        """The steps of each feature side by side: a text asks for all codes of few features, not the other way."""
        return np.ascontiguousarray(self.steps.T)

    def _values(self, read: Features) -> NDArray[np.float64]:
        return read.values(self._rarity)


def _of_any_family(numbers: NDArray[np.int64], speaks: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each feature (a row) says with those of other families that have the same number by chance."""
    is_new = is_first(numbers)
    if is_new.all():
        return speaks
    return np.asarray(np.add.reduceat(speaks, is_new.nonzero()[0], axis=0).take(is_new.cumsum() - 1, axis=0))


def _by_word(read: Features, speaks: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each word (a row) says for each code (a column), from what each feature says for it."""
    said = np.add.reduceat(speaks.take(read.carried, axis=0), read.begins, axis=0)
    said[read.paired] += speaks.take(read.pairs, axis=0)
    return np.asarray(said)


def _heaviest(read: Features, weights: Sequence[float]) -> tuple[Span, ...]:
    """The few words that speak most, in the order of the text."""
    best = sorted(range(len(weights)), key=weights.__getitem__, reverse=True)[:_MOST_WORDS]
    return tuple(Span(read.words[at].start, read.words[at].end) for at in sorted(best) if weights[at] > 0)


def _logistic(totals: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1.0 / (1.0 + np.exp(np.minimum(np.maximum(-totals, -30.0), 30.0))), dtype=np.float64)


def joined(likelihoods: Mapping[str, float], meant: Mapping[str, float]) -> dict[str, float]:
    """The likelihoods (0–1), each with the log-odds `meant` for the same, if any: the mean of their log-odds."""
    return {
        name: chance((log_odds(likelihood) + meant[name]) / 2) if name in meant else likelihood
        for name, likelihood in likelihoods.items()
    }


def log_odds(likelihood: float) -> float:
    """The log-odds of a likelihood (0–1), of one beyond 0.0001 or 0.9999 those of that."""
    inside = min(max(likelihood, 0.0001), 0.9999)
    return math.log(inside / (1 - inside))


def chance(odds: float) -> float:
    """How likely (0–1) something of such log-odds is."""
    return 1 / (1 + math.exp(-odds))


def rounded_rarities(rarities: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Rarities (0–15) in eight bits each."""
    return np.clip(np.rint(rarities * _RARITY_STEPS), 0, 255).astype(np.uint8)


def as_rarity(rounded: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The rarities that eight bits stand for."""
    return rounded.astype(np.float64) / _RARITY_STEPS


def from_weights(
    codes: tuple[str, ...],
    weights: NDArray[np.float64],
    intercepts: NDArray[np.float64],
    rarities: NDArray[np.uint8],
    manifest: Mapping[str, Any],
) -> Model:
    """A model with these weights (codes × features), rounded to eight bits."""
    scales = np.maximum(np.abs(weights).max(axis=1), 1e-9) / _STEPS
    steps = np.rint(weights / scales[:, None]).astype(np.int8)
    return Model(codes, steps, scales, intercepts, rarities, manifest)


def packed(model: Model) -> tuple[bytes, str]:
    """The two files in which a model is kept: the weights and the manifest."""
    archive = io.BytesIO()
    np.savez_compressed(archive, **{name: getattr(model, name) for name in _KEPT})
    told = {**model.manifest, "form": FORM, "codes": list(model.codes), "bins": BINS}
    return archive.getvalue(), json.dumps(told, indent=2) + "\n"


def unpacked(archive: bytes, manifest: str) -> Model:
    """The model kept in two files. Raises `ValueError` if they aren't one, or one of another form."""
    told = json.loads(manifest)
    if told.pop("form", 1) != FORM:
        raise ValueError("the model is kept in another form")
    codes, bins = tuple(told.pop("codes")), told.pop("bins")
    with np.load(io.BytesIO(archive), allow_pickle=False) as kept:
        arrays = {name: kept[name] for name in _KEPT}
    if bins != BINS or {name: array.shape for name, array in arrays.items()} != _shapes(len(codes)):
        raise ValueError("the weights don't fit the manifest")
    return Model(codes, **arrays, manifest=told)


_KEPT = ("steps", "scales", "intercepts", "rarities")


def _shapes(codes: int) -> dict[str, tuple[int, ...]]:
    return {"steps": (codes, BINS), "scales": (codes,), "intercepts": (codes,), "rarities": (BINS,)}


def running_model() -> Model | None:
    """The model of violations that ships with the project; None where it was left out."""
    return _shipped(RUNNING)


def urgency_model() -> Model | None:
    """The model of urgency that ships with the project, its codes `LEVELS`; None where it was left out."""
    return _shipped(URGENCY)


@cache
def _shipped(name: str) -> Model | None:
    folder = resources.files(MODELS)
    weights, manifest = folder.joinpath(f"{name}.npz"), folder.joinpath(f"{name}.json")
    if not weights.is_file() or not manifest.is_file():
        return None
    return unpacked(weights.read_bytes(), manifest.read_text(encoding="utf-8"))
