"""The second voice for violations: one logistic model for each code over hashed features, in numpy alone.

It is kept as `<name>.npz` (eight-bit weights, no pickle) beside `<name>.json`, its manifest.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.contracts import Span
from workers.triage.features import BINS, Features, features

RUNNING = "violations"
_FOLDER = "workers.vocabularies.models"
_STEPS = 127  # of an eight-bit weight
_MOST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Opinion:
    """How likely a text tells of a code (0–1), and the words that speak most for it."""

    code: str
    likelihood: float
    words: tuple[Span, ...]


@dataclass(frozen=True)
class Model:
    """Weights by code and feature, as eight-bit steps with a scale for each code; and what it was made from."""

    codes: tuple[str, ...]
    steps: NDArray[np.int8]
    scales: NDArray[np.float64]
    intercepts: NDArray[np.float64]
    manifest: Mapping[str, Any] = field(default_factory=dict)

    def likelihoods(self, read: Features) -> dict[str, float]:
        """How likely the text tells of each code, by itself (0–1)."""
        weights = self.steps[:, read.numbers].astype(np.float64)
        totals = (weights @ read.values) * self.scales + self.intercepts
        return dict(zip(self.codes, _logistic(totals).tolist(), strict=True))

    def opinions(self, text: str, least: float) -> list[Opinion]:
        """What the model thinks likely enough, likeliest first, with the words that weighed."""
        read = features(text)
        if not read.numbers.size:
            return []
        likely = {code: chance for code, chance in self.likelihoods(read).items() if chance >= least}
        ordered = sorted(likely, key=lambda code: -likely[code])
        return [Opinion(code, round(likely[code], 3), self._words(read, code)) for code in ordered]

    def _words(self, read: Features, code: str) -> tuple[Span, ...]:
        """The few words whose features speak most for a code, in the order of the text."""
        value = dict(zip(read.numbers.tolist(), read.values.tolist(), strict=True))
        row = self.steps[self.codes.index(code)]
        weighed = [
            (sum(float(row[number]) * value[number] for number in numbers), span)
            for span, numbers in read.by_word
        ]
        best = sorted(weighed, key=lambda pair: (-pair[0], pair[1].start))[:_MOST_WORDS]
        return tuple(sorted((span for weight, span in best if weight > 0), key=lambda span: span.start))


def _logistic(totals: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(totals, -30.0, 30.0))), dtype=np.float64)


def from_weights(
    codes: tuple[str, ...],
    weights: NDArray[np.float64],
    intercepts: NDArray[np.float64],
    manifest: Mapping[str, Any],
) -> Model:
    """A model with these weights (codes × features), rounded to eight bits."""
    scales = np.maximum(np.abs(weights).max(axis=1), 1e-9) / _STEPS
    steps = np.rint(weights / scales[:, None]).astype(np.int8)
    return Model(codes, steps, scales, intercepts, manifest)


def packed(model: Model) -> tuple[bytes, str]:
    """The two files in which a model is kept: the weights and the manifest."""
    archive = io.BytesIO()
    np.savez_compressed(archive, steps=model.steps, scales=model.scales, intercepts=model.intercepts)
    manifest = json.dumps({**model.manifest, "codes": list(model.codes), "bins": BINS}, indent=2)
    return archive.getvalue(), manifest + "\n"


def unpacked(archive: bytes, manifest: str) -> Model:
    """The model kept in two files. Raises `ValueError` if they aren't one."""
    told = json.loads(manifest)
    with np.load(io.BytesIO(archive), allow_pickle=False) as kept:
        steps, scales, intercepts = kept["steps"], kept["scales"], kept["intercepts"]
    codes = tuple(told.pop("codes"))
    if steps.shape != (len(codes), told.pop("bins")) or steps.shape[1] != BINS:
        raise ValueError("the weights don't fit the manifest")
    return Model(codes, steps, scales, intercepts, told)


@cache
def running_model() -> Model | None:
    """The model that ships with the project; None where it was left out."""
    folder = resources.files(_FOLDER)
    weights, manifest = folder.joinpath(f"{RUNNING}.npz"), folder.joinpath(f"{RUNNING}.json")
    if not weights.is_file() or not manifest.is_file():
        return None
    return unpacked(weights.read_bytes(), manifest.read_text(encoding="utf-8"))
