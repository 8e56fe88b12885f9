"""GeoJSON (RFC 7946): a feature for each case, at the closest place that the level lets out.

Where a row has a point (fields `latitude` and `longitude`), that is the place, unless their rule made it the chief town
of the cercle. Else a case stands at the chief town of its cercle, or of its region. The property `point` says which: a
chief town isn't where something happened. A case without any of these has no geometry.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.plain_text import whole
from app.reference import geography
from workers.exports.formats.columns import Column, columns, rows_of
from workers.exports.release import Progress, Release, Row, Table, Value

POINT = "point"  # the property that says what a point is
PLACE, CERCLE, REGION = "place", "chief_town_of_cercle", "chief_town_of_region"
_AREAS = ("cercle", "place", "region")  # vocabularies of fields that say where, the closest first
_DIGITS = 4  # some ten metres

Point = tuple[str, Sequence[float]]
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def write(release: Release, folder: Path, progress: Progress) -> Sequence[Path]:
    """One file, of cases; it is written as it is read, a feature a line."""
    path, table = folder / "cases.geojson", release.cases
    with path.open("w", encoding="utf-8", newline="\n") as target:
        target.write('{"type":"FeatureCollection","features":[')
        for number, feature in enumerate(_features(table, release.copy.language, progress)):
            target.write((",\n" if number else "\n") + _encode(feature))
        target.write("\n]}\n")
    return [path]


def _features(table: Table, language: str, progress: Progress) -> Iterator[Mapping[str, Any]]:
    chosen, point_of = columns(table, language), _point_of(table)
    for row in rows_of(table, progress):
        kind, coordinates = point_of(row) or ("", ())
        yield {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": coordinates} if kind else None,
            "properties": {**_properties(chosen, row), POINT: kind or None},
        }


def _properties(chosen: Sequence[Column], row: Row) -> Mapping[str, Any]:
    return {column.code: _json(column.value(row)) for column in chosen}


def _json(value: Value) -> Any:
    if isinstance(value, str):
        return whole(value)
    return value.isoformat() if isinstance(value, date) else value


def _point_of(table: Table) -> Callable[[Row], Point | None]:
    """How a row's point is found: each field that may give one is asked, the closest first."""
    at = {field.code: number for number, field in enumerate(table.fields)}
    own = (at["latitude"], at["longitude"]) if {"latitude", "longitude"} <= at.keys() else None
    kind = PLACE if own and table.fields[own[0]].rule == "keep" else CERCLE
    areas = [
        number
        for vocabulary in _AREAS
        for number, field in enumerate(table.fields)
        if field.vocabulary == vocabulary
    ]

    def find(row: Row) -> Point | None:
        if own and (point := _coordinates(row[own[0]], row[own[1]])):
            return kind, point
        return next((found for area in areas if (found := _chief_town(row[area]))), None)

    return find


def _coordinates(latitude: Value, longitude: Value) -> Sequence[float] | None:
    if not isinstance(latitude, float | int) or not isinstance(longitude, float | int):
        return None
    return round(longitude, _DIGITS), round(latitude, _DIGITS)


@lru_cache(maxsize=1024)
def _chief_town(code: Value) -> Point | None:
    if not isinstance(code, str):
        return None
    cercle = geography.cercle(code)
    if cercle and cercle.code == code and cercle.lat is not None and cercle.lon is not None:
        return CERCLE, (cercle.lon, cercle.lat)
    region = geography.region(code)
    return (REGION, (region.lon, region.lat)) if region and region.code == code else None
