"""From the weight of evidence to how often such a mask is right, by a table measured on the development set."""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from workers.anonymise.lexicon import vocabulary
from workers.contracts import EntityLabel


@dataclass(frozen=True, slots=True)
class Calibration:
    """The table for persons, the coefficients of the residual risk, and the risk where somebody is singled out."""

    weights: tuple[float, ...]
    rights: tuple[float, ...]
    intercept: float
    coefficients: tuple[tuple[str, float], ...]
    singled_out: float


@cache
def load_calibration() -> Calibration:
    """What `tests/evaluation/calibrate_anonymise.py` wrote."""
    data = tomllib.loads(vocabulary("calibration.toml").read_text(encoding="utf-8"))
    return Calibration(
        tuple(data["person"]["weight"]),
        tuple(data["person"]["right"]),
        data["risk"]["intercept"],
        tuple(data["risk"]["coefficients"].items()),
        data["risk"]["singled_out"],
    )


def calibrated(label: EntityLabel, weight: float) -> float:
    """Chance (0–1) that a mask of this weight is right; patterns other than persons keep their stated weight."""
    if label is not EntityLabel.PERSON:
        return weight
    calibration = load_calibration()
    return round(_interpolated(calibration.weights, calibration.rights, weight), 3)


def _interpolated(places: Sequence[float], values: Sequence[float], place: float) -> float:
    after = bisect_right(places, place)
    if after == 0:
        return values[0]
    if after == len(places):
        return values[-1]
    share = (place - places[after - 1]) / (places[after] - places[after - 1])
    return values[after - 1] + share * (values[after] - values[after - 1])
