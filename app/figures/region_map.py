"""A map of Mali with a circle for each region and cercle, as large as the figure: read in grey as in colour."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from markupsafe import Markup

from app.figures.drawing import INK, LINE, PAPER, QUIET, element, frame, spoken, text
from app.geography.projection import HEIGHT, WIDTH, project, region_paths
from app.reference import geography

_LARGEST, _SMALLEST = 26.0, 2.5  # radius, in units
_REGION_FILL, _CERCLE_FILL, _LAND, _BORDER = "#a9c9de", "#c26a1b", "#f3f1ec", "#9a9a9a"
_SAMPLES = (1.0, 0.25)  # of the highest figure, shown beside the map
_LEGEND_HEIGHT = 70


def graduated_map(
    regions: Mapping[str, int | None],
    cercles: Mapping[str, int | None],
    *,
    title: str,
    description: str,
    element_id: str,
    language: str = "fr",
) -> Markup:
    """Mali with a circle at each region's chief town and, small and darker, at each cercle's; figures by P-code.

    A circle's area is its figure's; None draws nothing. Outlines are approximate: `description` should say so. What
    has no published place is missing here: a table beside the map must hold every figure.
    """
    highest = max((value or 0 for value in (*regions.values(), *cercles.values())), default=0)
    drawing = (
        _land(),
        Markup("").join(_circles(regions, highest, _REGION_FILL, language, is_cercle=False)),
        Markup("").join(_circles(cercles, highest, _CERCLE_FILL, language, is_cercle=True)),
        _scale(highest, language) if highest else Markup(""),
    )
    return frame(
        drawing,
        title=title,
        description=description,
        element_id=element_id,
        width=WIDTH,
        height=HEIGHT + _LEGEND_HEIGHT * bool(highest),
    )


def _land() -> Markup:
    paths = (
        element("path", d=data, fill=_LAND, stroke=_BORDER, stroke_width=0.7)
        for data in region_paths().values()
    )
    return Markup("").join(paths)


def _circles(
    values: Mapping[str, int | None], highest: int, colour: str, language: str, *, is_cercle: bool
) -> Iterable[Markup]:
    """The largest first, so that none hides a smaller one."""
    for code, value in sorted(values.items(), key=lambda each: -(each[1] or 0)):
        place = geography.cercle(code) if is_cercle else geography.region(code)
        if not value or place is None or place.lat is None or place.lon is None:
            continue
        at = project(place.lat, place.lon)
        if at:
            told = element("title", f"{place.name}: {spoken(value, language)}")
            yield _circle(at, _radius(value, highest), colour, told)


def _circle(at: tuple[float, float], radius: float, colour: str, told: Markup = Markup("")) -> Markup:  # noqa: B008
    return element(
        "circle",
        told,
        cx=at[0],
        cy=at[1],
        r=radius,
        fill=colour,
        fill_opacity=0.75,
        stroke=INK,
        stroke_width=0.8,
    )


def _radius(value: float, highest: float) -> float:
    return max(_SMALLEST, _LARGEST * math.sqrt(value / highest))


def _scale(highest: int, language: str) -> Markup:
    """What a circle of a certain size stands for."""
    x, drawn = _LARGEST + 6, []
    base = HEIGHT + _LEGEND_HEIGHT - 8
    for share in _SAMPLES:
        value = max(1, round(highest * share))
        radius = _radius(value, highest)
        drawn.append(_circle((x, base - radius), radius, PAPER))
        drawn.append(text(spoken(value, language), x + radius + 6, base - radius + 4.5))
        x += 2 * _LARGEST + LINE + len(spoken(value, language)) * 7
    line = element("path", d=f"M0 {HEIGHT + 4}H{WIDTH}", stroke=QUIET, stroke_width=0.4)
    return line + Markup("").join(drawn)
