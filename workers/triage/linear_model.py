"""The second voice for violations: one logistic model for each code over hashed features, in numpy alone.

It is kept as `<name>.npz` (eight-bit weights, no pickle) beside `<name>.json`, its manifest. Models kept in another
form than `FORM` are refused.
"""

from __future__ import annotations

import io
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.contracts import Span
from workers.triage.features import BINS, Features, features
from workers.triage.reading import Reading

RUNNING = "violations"
_FOLDER = "workers.vocabularies.models"
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
        weights = self.steps[:, read.numbers].astype(np.float64)
        totals = (weights @ self._values(read)) * self.scales + self.intercepts
        return dict(zip(self.codes, _logistic(totals).tolist(), strict=True))

    def opinions(self, text: str | Reading, least: float, asked: Collection[str] = ()) -> list[Opinion]:
        """What the model thinks likely enough, and of the codes asked for, likeliest first, with what weighed."""
        read = features(text)
        if not read.numbers.size:
            return []
        chances = self.likelihoods(read)
        told = [code for code, chance in chances.items() if chance >= least or code in asked]
        ordered = sorted(told, key=lambda code: -chances[code])
        values = self._by_number(read)
        return [Opinion(code, round(chances[code], 4), self._words(read, values, code)) for code in ordered]

    @cached_property
    def _rarity(self) -> NDArray[np.float64]:
        return as_rarity(self.rarities)

    def _values(self, read: Features) -> NDArray[np.float64]:
        return read.values(self._rarity)

    def _by_number(self, read: Features) -> Mapping[int, float]:
        """What each feature counts for, whatever the families it is in."""
        values: dict[int, float] = {}
        for number, value in zip(read.numbers.tolist(), self._values(read).tolist(), strict=True):
            values[number] = values.get(number, 0.0) + value
        return values

    def _words(self, read: Features, values: Mapping[int, float], code: str) -> tuple[Span, ...]:
        """The few words whose features speak most for a code, in the order of the text; `values` are by feature."""
        numbers = list(values)
        weights = self.steps[self.codes.index(code), numbers] * np.array(list(values.values()))
        speaks = dict(zip(numbers, weights.tolist(), strict=True))
        weighed = [(sum(map(speaks.__getitem__, own)), span) for span, own in read.by_word]
        best = sorted(weighed, key=lambda pair: (-pair[0], pair[1].start))[:_MOST_WORDS]
        return tuple(sorted((span for weight, span in best if weight > 0), key=lambda span: span.start))


def _logistic(totals: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(totals, -30.0, 30.0))), dtype=np.float64)


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


@cache
def running_model() -> Model | None:
    """The model that ships with the project; None where it was left out."""
    folder = resources.files(_FOLDER)
    weights, manifest = folder.joinpath(f"{RUNNING}.npz"), folder.joinpath(f"{RUNNING}.json")
    if not weights.is_file() or not manifest.is_file():
        return None
    return unpacked(weights.read_bytes(), manifest.read_text(encoding="utf-8"))
