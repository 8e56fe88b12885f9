"""The field that columns and lines stand in: how high a value reaches, which figures and labels stand beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.figures.drawing import FAINT, INK, LETTER, LINE, QUIET, WIDTH, element, spoken, text

_FIELD_HEIGHT = 170
_RIGHT = 8
_STEPS = (1, 2, 2.5, 5, 10)
_MOST_TICKS = 5


@dataclass(frozen=True, slots=True)
class Plot:
    """A field with a place for each label from left to right, and values from 0 upwards."""

    labels: Sequence[str]
    ticks: Sequence[float]
    left: float
    top: float
    language: str
    unit: str

    @property
    def bottom(self) -> float:
        """Where zero is."""
        return self.top + _FIELD_HEIGHT

    @property
    def height(self) -> float:
        """Of the whole picture: the labels stand below."""
        return self.bottom + LINE + 8

    @property
    def step(self) -> float:
        """From one label's middle to the next one's."""
        return (WIDTH - self.left - _RIGHT) / max(1, len(self.labels))

    def x(self, at: int) -> float:
        """The middle of what stands at a position."""
        return self.left + (at + 0.5) * self.step

    def y(self, value: float) -> float:
        """How far down a value is."""
        return self.bottom - value / self.ticks[-1] * _FIELD_HEIGHT

    def grid(self) -> Markup:
        """Lines across, a figure beside each, and above them what is counted."""
        drawn = [text(self.unit, 2, self.top - 14, fill=QUIET)] if self.unit else []
        for tick in self.ticks:
            y = self.y(tick)
            drawn.append(element("path", d=f"M{self.left:.1f} {y:.1f}H{WIDTH - _RIGHT}", stroke=FAINT))
            drawn.append(text(spoken(tick, self.language), self.left - 5, y + 4.5, text_anchor="end"))
        return Markup("").join(drawn)

    def axis(self) -> Markup:
        """The line at zero, and as many labels as there is room for."""
        line = element("path", d=f"M{self.left:.1f} {self.bottom:.1f}H{WIDTH - _RIGHT}", stroke=INK)
        return line + Markup("").join(self._labels())

    def _labels(self) -> Iterator[Markup]:
        """Evenly spread, each kept within the picture."""
        longest = max((len(label) for label in self.labels), default=1) * LETTER
        every = max(1, math.ceil((longest + 10) / self.step))
        for at in range(0, len(self.labels), every):
            half = len(self.labels[at]) * LETTER / 2
            x = min(max(self.x(at), half), WIDTH - half)
            yield text(self.labels[at], x, self.bottom + LINE, text_anchor="middle")


def plot_for(labels: Sequence[str], highest: float, *, top: float, language: str, unit: str) -> Plot:
    """A field high enough for the highest value, with room for its figures."""
    ticks = _ticks(highest)
    widest = max(len(spoken(tick, language)) for tick in ticks)
    room = LINE + 10 if unit else 8
    return Plot(labels, ticks, left=widest * LETTER + 12, top=top + room, language=language, unit=unit)


def _ticks(highest: float) -> Sequence[float]:
    """Round whole figures from 0 to at least `highest`: less than one of something makes no sense."""
    rough = max(1.0, highest / (_MOST_TICKS - 1))
    power = 10.0 ** math.floor(math.log10(rough))
    step = math.ceil(next(size * power for size in _STEPS if size * power >= rough * (1 - 1e-9)))
    return [step * at for at in range(max(1, math.ceil(highest / step - 1e-9)) + 1)]
