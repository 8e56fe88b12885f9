"""A phone's position as a form sends it: no finer than its owner chose, whatever the phone did.

The page's script rounds before anything is sent; this rounds again, to the same grid.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from flask_babel import gettext
from marshmallow import ValidationError

from app.intake.submission import Position

GRID_DEGREES = {1: 0.01, 10: 0.1, 50: 0.5}  # by precision in kilometres; a degree is about 111 of them
_SOUTH, _NORTH, _WEST, _EAST = 10.0, 25.1, -12.4, 4.4  # Mali lies within these degrees
_DECIMALS = 2


def read_position(form: Mapping[str, str]) -> Position | None:
    """The position in the fields `lat`, `lon` and `precision`, rounded; None where none was sent.

    Raises ValidationError where it isn't one in or beside Mali.
    """
    if not (form.get("lat") and form.get("lon")):
        return None
    precision = next((each for each in GRID_DEGREES if form.get("precision") == str(each)), None)
    latitude, longitude = _degrees(form["lat"]), _degrees(form["lon"])
    if precision is None or not (_SOUTH <= latitude <= _NORTH and _WEST <= longitude <= _EAST):
        problem = gettext("This position isn’t in Mali. Write in words where it happened.")
        raise ValidationError({"where": [problem]})
    grid = GRID_DEGREES[precision]
    return Position(rounded(latitude, grid), rounded(longitude, grid), float(precision))


def rounded(degrees: float, grid: float) -> float:
    """The nearest multiple of the grid."""
    return round(round(degrees / grid) * grid, _DECIMALS)


def position_fields(position: Position | None) -> dict[str, str]:
    """The fields that stand for a position."""
    if position is None:
        return {}
    return {
        "lat": f"{position.latitude:.{_DECIMALS}f}",
        "lon": f"{position.longitude:.{_DECIMALS}f}",
        "precision": f"{position.precision_km:.0f}",
    }


def precision_words() -> dict[str, str]:
    """How exact each precision is, in everyday words, finest first."""
    return {
        "1": gettext("The village or quarter (about 1 km)"),
        "10": gettext("Around the village (about 10 km)"),
        "50": gettext("Only the region (about 50 km)"),
    }


def _degrees(written: str) -> float:
    try:
        return float(written)
    except ValueError:
        return math.nan
