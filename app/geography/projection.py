"""From degrees to the picture: an equirectangular map of Mali, true to scale at 17° N."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

WIDTH, HEIGHT = 400, 376
_WEST, _NORTH, _MIDDLE_LATITUDE, _MARGIN = -12.3, 25.02, 17.0, 4.0
_UNITS_PER_DEGREE = 24.6
_ACROSS = math.cos(math.radians(_MIDDLE_LATITUDE))


def project(lat: float, lon: float) -> tuple[int, int] | None:
    """Where a point given in degrees lies in the picture, x and y; None if it is off the map."""
    if not (math.isfinite(lat) and math.isfinite(lon)):
        return None
    x, y = _unrounded(lat, lon)
    return (round(x), round(y)) if 0 <= x <= WIDTH and 0 <= y <= HEIGHT else None


@cache
def region_paths() -> Mapping[str, str]:
    """For each region code, its approximate outline as SVG path data (sources: docs/geography.md)."""
    text = files("app.reference").joinpath("outlines.json").read_text(encoding="utf-8")
    outlines = json.loads(text)["regions"]
    return {code: "".join(_path(ring) for ring in rings) for code, rings in outlines.items()}


def _path(ring: Sequence[Sequence[float]]) -> str:
    points: list[str] = []
    for lon, lat in ring:
        x, y = _unrounded(lat, lon)
        point = f"{x:.1f} {y:.1f}"
        if not points or point != points[-1]:
            points.append(point)
    return "M" + "L".join(points) + "Z"


def _unrounded(lat: float, lon: float) -> tuple[float, float]:
    return (
        _MARGIN + (lon - _WEST) * _ACROSS * _UNITS_PER_DEGREE,
        _MARGIN + (_NORTH - lat) * _UNITS_PER_DEGREE,
    )
