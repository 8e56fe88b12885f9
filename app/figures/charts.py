"""Charts as accessible SVG, drawn here: columns, bars, lines and a map, each a whole picture of its own.

Drawn by hand, because the libraries for it (pygal, leather) carry style sheets or scripts within the picture, which our
Content-Security-Policy refuses, and neither tells a screen reader what is shown.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.figures.drawing import (
    INK,
    LETTER,
    LINE,
    MOST_FILLS,
    PAPER,
    WIDTH,
    element,
    fill,
    frame,
    legend,
    patterns,
    spoken,
    text,
)
from app.figures.plot import Plot, plot_for
from app.figures.region_map import graduated_map

__all__ = ["MOST_LINES", "MOST_SERIES", "Series", "bars", "graduated_map", "lines", "stacked"]

MOST_SERIES = MOST_FILLS
_BAR, _BAR_GAP, _FIGURE_WIDTH = 13, 11, 62
_SHAPES = ("M-4 0A4 4 0 1 1 4 0A4 4 0 1 1 -4 0Z", "M-4 -4H4V4H-4Z", "M0 -5L5 4H-5Z", "M0 -5L5 0L0 5L-5 0Z")
_DASHES = (None, "7 4", "2 3", "10 3 2 3")
_INKS = ("#16425b", "#c26a1b", INK, "#6b8fa8")
MOST_LINES = len(_SHAPES)
_MOST_MARKED = 60  # points: more of them would be a smear


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a chart, a value for each label; None where nothing is shown."""

    name: str
    values: Sequence[float | None]


def bars(
    labels: Sequence[str],
    values: Sequence[float | None],
    *,
    title: str,
    description: str,
    element_id: str,
    language: str = "fr",
    unit: str = "",
) -> Markup:
    """Horizontal bars, one for each label, its figure beside it ("–" for None). Long labels take several lines."""
    highest = max((value for value in values if value), default=1)
    drawn, y = [], 6.0
    for label, value in zip(labels, values, strict=True):
        told = f"{spoken(value, language)} {unit}".strip()
        drawing, y = _bar(label, told, (value or 0) / highest, y)
        drawn.append(drawing)
    return frame(drawn, title=title, description=description, element_id=element_id, height=y)


def _bar(label: str, told: str, share: float, y: float) -> tuple[Markup, float]:
    """A label, its bar and figure from `y` down; where the next one begins."""
    words = textwrap.wrap(label, int(WIDTH / LETTER)) or [""]
    drawn = [text(line, 2, y + LINE * (at + 1) - 5) for at, line in enumerate(words)]
    y += LINE * len(words)
    wide = max(0.0, share) * (WIDTH - _FIGURE_WIDTH - len(told) * 2)
    drawn.append(element("rect", x=2, y=y, width=wide, height=_BAR, fill=_INKS[0]))
    drawn.append(text(told, wide + 8, y + _BAR - 2, font_weight="600"))
    return Markup("").join(drawn), y + _BAR + _BAR_GAP


def stacked(
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    title: str,
    description: str,
    element_id: str,
    language: str = "fr",
    unit: str = "",
) -> Markup:
    """A column for each label, its parts on top of each other. Raises ValueError for more than MOST_SERIES."""
    if len(series) > MOST_SERIES:
        raise ValueError("more series than can be told apart")
    swatches = [_swatch(fill(element_id, at)) for at in range(len(series))]
    key, top = legend([each.name for each in series], swatches, left=2, top=4)
    sums = [
        sum(value or 0 for value in column) for column in zip(*(each.values for each in series), strict=True)
    ]
    plot = plot_for(labels, max(sums, default=0), top=top, language=language, unit=unit)
    drawing = (patterns(element_id), key, plot.grid(), *_columns(plot, series, element_id), plot.axis())
    return frame(drawing, title=title, description=description, element_id=element_id, height=plot.height)


def _swatch(colour: str) -> Markup:
    return element("rect", x=-7, y=-6, width=14, height=12, fill=colour, stroke=INK, stroke_width=0.7)


def _columns(plot: Plot, series: Sequence[Series], element_id: str) -> Iterator[Markup]:
    for at in range(len(plot.labels)):
        below = 0.0
        for position, each in enumerate(series):
            value = each.values[at] or 0
            if value > 0:
                yield _part(plot, at, below, below + value, fill(element_id, position))
            below += value


def _part(plot: Plot, at: int, low: float, high: float, colour: str) -> Markup:
    wide = plot.step * 0.8
    return element(
        "rect",
        x=plot.x(at) - wide / 2,
        y=plot.y(high),
        width=wide,
        height=plot.y(low) - plot.y(high),
        fill=colour,
        stroke=INK,
        stroke_width=0.4,
    )


def lines(
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    title: str,
    description: str,
    element_id: str,
    language: str = "fr",
    unit: str = "",
) -> Markup:
    """A line for each series, broken where there is no value; dashes and marks differ. Raises ValueError for more
    than MOST_LINES.
    """
    if len(series) > MOST_LINES:
        raise ValueError("more lines than can be told apart")
    marks = [_line_mark(at) for at in range(len(series))]
    key, top = legend([each.name for each in series], marks, left=2, top=4)
    highest = max((value for each in series for value in each.values if value is not None), default=0)
    plot = plot_for(labels, highest, top=top, language=language, unit=unit)
    drawn = (_line(plot, at, each) for at, each in enumerate(series))
    drawing = (key, plot.grid(), *drawn, plot.axis())
    return frame(drawing, title=title, description=description, element_id=element_id, height=plot.height)


def _line_mark(position: int) -> Markup:
    return _stroke("M-8 0H8", position) + _shape(position, 0, 0)


def _line(plot: Plot, position: int, series: Series) -> Markup:
    points = [
        None if value is None else (plot.x(at), plot.y(value)) for at, value in enumerate(series.values)
    ]
    path, is_open = "", False
    for point in points:
        path += f"{'L' if is_open else 'M'}{point[0]:.1f} {point[1]:.1f}" if point else ""
        is_open = point is not None
    shapes = [_shape(position, *point) for point in points if point] if len(points) <= _MOST_MARKED else []
    return _stroke(path, position) + Markup("").join(shapes)


def _stroke(path: str, position: int) -> Markup:
    return element(
        "path",
        d=path,
        fill="none",
        stroke=_INKS[position],
        stroke_width=2,
        stroke_dasharray=_DASHES[position],
    )


def _shape(position: int, x: float, y: float) -> Markup:
    return element(
        "path",
        d=_SHAPES[position],
        transform=f"translate({x:.1f} {y:.1f})",
        fill=_INKS[position] if position % 2 == 0 else PAPER,
        stroke=_INKS[position],
        stroke_width=1.5,
    )
