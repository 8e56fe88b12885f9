"""Whether "nine in ten sure" comes true nine times in ten: confidences by tenths, as text and as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from scipy.stats import binomtest  # type: ignore[import-untyped]

from app.figures.charts import Series, lines

PLOTS = click.Path(file_okay=False, path_type=Path)
_TENTHS = 10
_WIDE = 40  # characters of a bar that stands for 1
_FULL, _EMPTY, _SAID = "█", "·", "│"


@dataclass(frozen=True, slots=True)
class Tenth:
    """What was said with a confidence from `low` to a tenth above it: how often, how sure in the mean, how often it
    came true.
    """

    low: float
    count: int
    said: float
    right: int

    @property
    def came_true(self) -> float:
        """The share that came true; only of a tenth that isn't empty."""
        return self.right / self.count

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of that share (Wilson's)."""
        found = binomtest(self.right, self.count).proportion_ci(method="wilson")
        return found.low, found.high

    @property
    def name(self) -> str:
        """From where to where, in per cent."""
        return f"{100 * self.low:.0f}–{100 * self.low + 10:.0f}"


def by_tenth(said: Sequence[float], came_true: Sequence[bool]) -> list[Tenth]:
    """All ten tenths of confidence, also the empty ones; a confidence of 1 belongs to the last."""
    parts: list[list[tuple[float, bool]]] = [[] for _ in range(_TENTHS)]
    for sure, came in zip(said, came_true, strict=True):
        parts[min(int(sure * _TENTHS + 1e-9), _TENTHS - 1)].append((sure, came))
    return [_tenth(at / _TENTHS, part) for at, part in enumerate(parts)]


def _tenth(low: float, part: Sequence[tuple[float, bool]]) -> Tenth:
    mean = sum(sure for sure, _ in part) / len(part) if part else 0.0
    return Tenth(low, len(part), mean, sum(came for _, came in part))


def gap(tenths: Sequence[Tenth]) -> float:
    """How far said and come true lie apart, tenths weighed by what they hold (expected calibration error)."""
    total = sum(each.count for each in tenths)
    apart = sum(each.count * abs(each.said - each.came_true) for each in tenths if each.count)
    return apart / total if total else 0.0


def plot(title: str, tenths: Sequence[Tenth]) -> list[str]:
    """A row for each tenth that holds something: said, come true with its interval, how many, and a bar that ends
    where it came true, with a line where it was said.
    """
    head = f"  {title}: said, came true, n; bar: came true, {_SAID}: said; gap in the mean {gap(tenths):.3f}"
    return [head, *(_row(each) for each in tenths if each.count)]


def _row(tenth: Tenth) -> str:
    low, high = tenth.interval
    return (
        f"    {tenth.name:>6} % {tenth.said:.3f} {tenth.came_true:.3f} [{low:.3f}–{high:.3f}] "
        f"{tenth.count:5} {_bar(tenth)}"
    )


def _bar(tenth: Tenth) -> str:
    full = round(_WIDE * tenth.came_true)
    drawn = _FULL * full + _EMPTY * (_WIDE - full)
    at = min(round(_WIDE * tenth.said), _WIDE - 1)
    return drawn[:at] + _SAID + drawn[at + 1 :]


def picture(title: str, tenths: Sequence[Tenth]) -> str:
    """The same as SVG, in per cent: a line of what was said and one of what came true, broken at empty tenths."""
    series = [
        Series("said", [100 * each.said if each.count else None for each in tenths]),
        Series("came true", [100 * each.came_true if each.count else None for each in tenths]),
    ]
    told = "; ".join(
        f"{each.name} %: {100 * each.came_true:.0f} % of {each.count}" for each in tenths if each.count
    )
    labels = [each.name for each in tenths]
    return str(
        lines(
            labels, series, title=title, description=told, element_id="calibration", language="en", unit="%"
        )
    )


def write_picture(folder: Path | None, name: str, title: str, tenths: Sequence[Tenth]) -> None:
    """Put the picture into a folder as `name`.svg; nothing where no folder was named."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.svg").write_text(picture(title, tenths), encoding="utf-8")
