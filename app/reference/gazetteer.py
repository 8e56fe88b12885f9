"""The places of Mali by name: regions, cercles, communes, towns, villages, quarters and natural areas.

The finer ones are in places.csv; sources and how it was made: docs/geography.md.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from app.reference import geography

REGION, CERCLE = "region", "cercle"
REGION_WEIGHT, CERCLE_WEIGHT, CHIEF_CERCLE_WEIGHT = 10, 7, 10


@dataclass(frozen=True, slots=True)
class Place:
    """One place; `weight`, 1 (village) to 10 (region's chief town), says how likely it is meant by its name.

    `code` is the P-code of a region, cercle, arrondissement (A…) or commune (C…) of 2023, GeoNames' number (GN…), or
    our own (SE…); it is never used again for another place. Regions have no cercle, nor has anything in Bamako.
    `variants` are other spellings. Degrees; None where nobody publishes them.
    """

    code: str
    name: str
    kind: str
    region_code: str
    cercle_code: str | None
    lat: float | None
    lon: float | None
    weight: int
    variants: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The name and every other spelling of it."""
        return (self.name, *self.variants)


@cache
def everywhere() -> tuple[Place, ...]:
    """Every place: regions, cercles, then the finer ones."""
    return (*areas(), *finer_places())


@cache
def areas() -> tuple[Place, ...]:
    """The regions, Bamako among them, and the cercles."""
    return (*_regions(), *_cercles())


@cache
def finer_places() -> tuple[Place, ...]:
    """What lies within a cercle or in Bamako, and natural areas, in the order of the data."""
    text = files("app.reference").joinpath("places.csv").read_text(encoding="utf-8")
    return tuple(_place(row) for row in csv.DictReader(text.splitlines()))


def place(code: str) -> Place | None:
    """The place of a code, None where there is none."""
    return _by_code().get(code)


@cache
def _by_code() -> Mapping[str, Place]:
    return {each.code: each for each in everywhere()}


def _regions() -> Iterator[Place]:
    for each in geography.regions():
        names = (each.bambara_name, *each.variants)
        yield Place(each.code, each.name, REGION, each.code, None, each.lat, each.lon, REGION_WEIGHT, names)


def _cercles() -> Iterator[Place]:
    chief_towns = {(region.chef_lieu, region.code): region for region in geography.regions()}
    for each in geography.cercles():
        chief_of = chief_towns.get((each.name, each.region_code))
        weight = CHIEF_CERCLE_WEIGHT if chief_of else CERCLE_WEIGHT
        more = (chief_of.name, chief_of.bambara_name, *chief_of.variants) if chief_of else ()
        names = (*each.variants, *more)
        yield Place(
            each.code, each.name, CERCLE, each.region_code, each.code, each.lat, each.lon, weight, names
        )


def _place(row: Mapping[str, str]) -> Place:
    return Place(
        code=row["code"],
        name=row["name"],
        kind=row["kind"],
        region_code=row["region_code"],
        cercle_code=row["cercle_code"] or None,
        lat=float(row["lat"]) if row["lat"] else None,
        lon=float(row["lon"]) if row["lon"] else None,
        weight=int(row["weight"]),
        variants=tuple(filter(None, row["variants"].split("|"))),
    )
