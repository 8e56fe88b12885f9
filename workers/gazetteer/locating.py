"""Says in which region and cercle of 2023 a village lies, and how sure that is.

A cercle that the file names is taken (certainty 1; 0.8 where region and cercle only fit the division before 2023).
Otherwise the nearest shipped places tell: 0.9 where the three nearest agree and the first is within 15 km, 0.7 within
15 km, 0.5 within 60 km; farther from any known place is nowhere. Below 0.6 only the region is kept.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from app.reference import geography
from workers.gazetteer.formats import Found
from workers.triage.place_gazetteer import Place, gazetteer

_NEAR_KM, _FAR_KM, _KM_PER_DEGREE = 15.0, 60.0, 111.2
_NEIGHBOURS = 3
_FORMER_NAMES, _AGREED, _CLOSE, _SOMEWHERE, CERCLE_IS_SURE = 0.8, 0.9, 0.7, 0.5, 0.6


@dataclass(frozen=True, slots=True)
class Area:
    """A region and, where sure enough, its cercle; certainty from 0 to 1."""

    region_code: str
    cercle_code: str | None
    certainty: float


def locate(found: Found) -> Area | None:
    """The area of a village by the names its file gives, else by the nearest known places; None if nowhere."""
    named = _by_name(found)
    if named is not None or found.lat is None or found.lon is None:
        return named
    return _by_neighbours(found.lat, found.lon)


def _by_name(found: Found) -> Area | None:
    cercle = geography.cercle(found.cercle) if found.cercle else None
    if cercle is None:
        return None
    told = geography.region(found.region) if found.region else None
    if told is None or told.code == cercle.region_code:
        return Area(cercle.region_code, cercle.code, 1.0)
    region = geography.region(cercle.region_code)
    is_former = region is not None and region.former_region_code == told.code
    return Area(cercle.region_code, cercle.code, _FORMER_NAMES) if is_former else None


def _by_neighbours(lat: float, lon: float) -> Area | None:
    places, positions = _known()
    across = (positions[:, 1] - lon) * math.cos(math.radians(lat))
    kilometres = np.hypot(positions[:, 0] - lat, across) * _KM_PER_DEGREE
    nearest = np.argpartition(kilometres, _NEIGHBOURS)[:_NEIGHBOURS]
    nearest = nearest[np.argsort(kilometres[nearest])]
    around = [places[each] for each in nearest.tolist()]
    certainty = _certainty(float(kilometres[nearest[0]]), around)
    if not certainty:
        return None
    cercle = around[0].cercle_code if certainty >= CERCLE_IS_SURE else None
    return Area(around[0].region_code, cercle, certainty)


def _certainty(kilometres: float, around: list[Place]) -> float:
    if kilometres > _FAR_KM:
        return 0.0
    if kilometres > _NEAR_KM:
        return _SOMEWHERE
    return _AGREED if len({(each.region_code, each.cercle_code) for each in around}) == 1 else _CLOSE


@cache
def _known() -> tuple[list[Place], NDArray[np.float64]]:
    """Every shipped place with a position that lies in a cercle, or in Bamako, in a stable order."""
    listed = {place: None for places in gazetteer().by_words.values() for place in places}
    usable = [place for place in listed if place.lat is not None and _is_local(place)]
    return usable, np.array([(place.lat, place.lon) for place in usable], dtype=np.float64)


def _is_local(place: Place) -> bool:
    is_of_bamako = not geography.cercles_of(place.region_code)
    return place.kind != "region" and (place.cercle_code is not None or is_of_bamako)
