"""A column by which somebody could be recognised, with all the coarser forms that its values can take."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
Coarsen = Callable[[str], str]
EVERYTHING = "*"


class NotNested(ValueError):
    """A step parts what the step before it joined: coarser would not mean safer."""


@dataclass(frozen=True, slots=True)
class Step:
    """One form of a column: its name ("region"), the labels there are, and which of them each finest value becomes."""

    name: str
    labels: tuple[str, ...]
    of_base: Codes


class Hierarchy:
    """Each row's value as a number, and the steps from the finest form to the coarsest.

    A value that nobody knows is a value of its own (docs/disclosure.md says why this is the safe choice). `weight` says
    how much the reader of a release loses with this column, beside the others.
    """

    def __init__(self, codes: Codes, steps: Sequence[Step], weight: float = 1.0) -> None:
        self.codes = codes
        self.steps = tuple(steps)
        self.weight = weight

    @classmethod
    def of(
        cls, values: Sequence[str], steps: Sequence[tuple[str, Coarsen]], *, weight: float = 1.0
    ) -> Hierarchy:
        """Read a column. Each step gets the finest value and gives its label; raises NotNested."""
        distinct = sorted(set(values))
        place = {value: at for at, value in enumerate(distinct)}
        codes = np.fromiter((place[value] for value in values), np.int64, len(values))
        built = [_step(name, coarsen, distinct) for name, coarsen in steps]
        for finer, coarser in itertools.pairwise(built):
            _check_nested(finer, coarser)
        return cls(codes, built, weight)

    @property
    def heights(self) -> int:
        """How many forms there are, the finest included."""
        return len(self.steps)

    def labels_at(self, height: int) -> list[str]:
        """What stands in each row in this form."""
        step = self.steps[height]
        return [step.labels[code] for code in step.of_base[self.codes].tolist()]

    @cached_property
    def penalties(self) -> tuple[float, ...]:
        """For each form, what an average row loses, 0 to 1: the normalised certainty penalty.

        A value loses (leaves under it - 1) / (leaves in all - 1), with the values that occur in this column for leaves.
        """
        return tuple(float(_lost(step)[self.codes].mean()) if len(self.codes) else 0.0 for step in self.steps)

    def penalty_of_rows(self, height: int) -> NDArray[np.float64]:
        """The same for each row."""
        return _lost(self.steps[height])[self.codes]


def _step(name: str, coarsen: Coarsen, distinct: Sequence[str]) -> Step:
    coarse = [coarsen(value) for value in distinct]
    labels = tuple(sorted(set(coarse)))
    place = {label: at for at, label in enumerate(labels)}
    return Step(name, labels, np.array([place[label] for label in coarse], np.int64))


def _check_nested(finer: Step, coarser: Step) -> None:
    pairs = set(zip(finer.of_base.tolist(), coarser.of_base.tolist(), strict=True))
    if len(pairs) != len(finer.labels):
        raise NotNested(f"{finer.name} isn't nested in {coarser.name}")


def _lost(step: Step) -> NDArray[np.float64]:
    """What each finest value loses in this form."""
    leaves = len(step.of_base)
    under = np.bincount(step.of_base, minlength=len(step.labels))
    return np.asarray((under[step.of_base] - 1) / max(leaves - 1, 1), np.float64)
