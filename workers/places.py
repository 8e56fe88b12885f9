"""The place that a reporter chose from the list, and the position a phone gave, as a line of French.

The engines read that line like any other: nothing is concluded from it that isn't shown with its words. Coordinates
never become text; they are told as the nearest place that is known.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.intake.submission import Position, from_content
from app.reference import geography
from app.reference.gazetteer import CERCLE, REGION, Place, everywhere, place

_KM_PER_DEGREE = 111.2
_FARTHEST_KM = 200.0  # in the desert the next place is that far; beyond, it isn't in Mali
_BESIDE_KM = 80.0  # farther than that, only the region is told
_REGION_ONLY_KM = 25.0  # a position known no better than to this is told as its region
_COMMUNE_ONLY_KM = 5.0  # likewise, as a commune or town
_LEAST_WEIGHT_OF_TOWN = 3
_BAMAKO = "ML20"
_CALLED = {
    "village": "village de",
    "town": "village de",
    "quarter": "quartier de",
    "commune": "commune de",
    "former_commune": "commune de",
    "arrondissement": "arrondissement de",
}


def place_line(content: Mapping[str, Any]) -> str:
    """What an opened message says of the chosen place, else of the position; empty where it has neither.

    "village de Sévaré, cercle de Mopti, région de Mopti"; a position is told as "près de …".
    """
    submission = from_content(content)
    chosen = place(submission.place)
    if chosen is not None:
        return named(chosen)
    return _around(submission.position) if submission.position else ""


def named(chosen: Place) -> str:
    """A place with its cercle and region, in the words by which the place finder tells kinds apart."""
    return ", ".join(_parts(chosen))


def _parts(chosen: Place) -> Iterator[str]:
    if chosen.kind not in (REGION, CERCLE):
        yield f"{_CALLED[chosen.kind]} {chosen.name}" if chosen.kind in _CALLED else chosen.name
    if cercle := geography.cercle_name(chosen.cercle_code):
        yield f"cercle de {cercle}"
    region = geography.region_name(chosen.region_code) or ""
    yield f"district de {region}" if chosen.region_code == _BAMAKO else f"région de {region}"


def _around(position: Position) -> str:
    nearest, kilometres = _nearest(position)
    if kilometres > _FARTHEST_KM:
        return ""
    if position.precision_km >= _REGION_ONLY_KM or kilometres > _BESIDE_KM:
        return ", ".join(list(_parts(nearest))[-1:])
    return f"près de {', '.join((nearest.name, *list(_parts(nearest))[1:]))}"


def _nearest(position: Position) -> tuple[Place, float]:
    """The place next to it, and how many kilometres away."""
    places, degrees = _located(is_coarse=position.precision_km >= _COMMUNE_ONLY_KM)
    across = (degrees[:, 1] - position.longitude) * math.cos(math.radians(position.latitude))
    kilometres = np.hypot(degrees[:, 0] - position.latitude, across) * _KM_PER_DEGREE
    nearest = int(np.argmin(kilometres))
    return places[nearest], float(kilometres[nearest])


@cache
def _located(*, is_coarse: bool) -> tuple[list[Place], NDArray[np.float64]]:
    """The places that a position may be told by, and where they are."""
    usable = [each for each in everywhere() if _is_usable(each, is_coarse=is_coarse)]
    return usable, np.array([(each.lat, each.lon) for each in usable], dtype=np.float64)


def _is_usable(each: Place, *, is_coarse: bool) -> bool:
    is_local = each.kind in _CALLED and (each.cercle_code is not None or each.region_code == _BAMAKO)
    return is_local and each.lat is not None and (not is_coarse or each.weight >= _LEAST_WEIGHT_OF_TOWN)
