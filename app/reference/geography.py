"""The regions and cercles of Mali under the division of 2023.

Codes are the P-codes of OCHA's COD-AB for Mali, version 3: stored in the database; names are for people.
The District of Bamako (ML20) stands beside the 19 regions and has no cercle. Sources: docs/geography.md.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeVar

Place = TypeVar("Place", bound="Region | Cercle")


@dataclass(frozen=True, slots=True)
class Region:
    """A region or the District of Bamako; `lat` and `lon` are those of its chief town, in degrees.

    `former_region_code` is the region it was part of before 2012–2023 (itself if it already existed).
    """

    code: str
    name: str
    bambara_name: str
    chef_lieu: str
    former_region_code: str
    lat: float
    lon: float
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cercle:
    """A cercle; `lat` and `lon` are those of its chief town in degrees, None where nobody publishes them."""

    code: str
    name: str
    region_code: str
    lat: float | None
    lon: float | None
    variants: tuple[str, ...] = ()


@cache
def regions() -> tuple[Region, ...]:
    """The 19 regions and the District of Bamako, in the order of their codes."""
    return tuple(
        Region(
            code=row["code"],
            name=row["name"],
            bambara_name=row["bambara_name"],
            chef_lieu=row["chef_lieu"],
            former_region_code=row["former_region_code"],
            lat=float(row["lat"]),
            lon=float(row["lon"]),
            variants=_split(row["variants"]),
        )
        for row in _rows("regions.csv")
    )


@cache
def cercles() -> tuple[Cercle, ...]:
    """The 159 cercles of the 19 regions, in the order of their codes (Bamako has communes instead)."""
    return tuple(
        Cercle(
            code=row["code"],
            name=row["name"],
            region_code=row["region_code"],
            lat=_degrees(row["lat"]),
            lon=_degrees(row["lon"]),
            variants=_split(row["variants"]),
        )
        for row in _rows("cercles.csv")
    )


def region(code_or_name: str) -> Region | None:
    """The region of a code (`ML19`) or of a name, spelt with or without accents; None if there is none."""
    return _region_index().get(_key(code_or_name))


def cercle(code_or_name: str, region: str | None = None) -> Cercle | None:
    """The cercle of a code (`ML1902`) or name, of `region` (code or name) if given; None if there is none."""
    found = _cercle_index().get(_key(code_or_name))
    if found is None or region is None:
        return found
    within = _region_index().get(_key(region))
    return found if within is not None and found.region_code == within.code else None


def cercles_of(region_code: str) -> tuple[Cercle, ...]:
    """The cercles of one region, in the order of their codes; empty for Bamako and unknown codes."""
    return tuple(each for each in cercles() if each.region_code == region_code)


def region_name(code: str | None) -> str | None:
    """The name for people of a stored region code; None stays None, and so does an unknown code."""
    found = region(code) if code else None
    return found.name if found else None


def cercle_name(code: str | None) -> str | None:
    """The name for people of a stored cercle code; None stays None, and so does an unknown code."""
    found = cercle(code) if code else None
    return found.name if found else None


@cache
def _region_index() -> Mapping[str, Region]:
    return _index((each, (each.code, each.name, each.bambara_name, *each.variants)) for each in regions())


@cache
def _cercle_index() -> Mapping[str, Cercle]:
    return _index((each, (each.code, each.name, *each.variants)) for each in cercles())


def _index(entries: Iterable[tuple[Place, tuple[str, ...]]]) -> Mapping[str, Place]:
    """Codes and names win over variants, and the first of two equal variants over the second."""
    listed = tuple(entries)
    index = {_key(name): place for place, names in listed for name in names[:2]}
    for place, names in listed:
        for name in names[2:]:
            index.setdefault(_key(name), place)
    return index


def _key(name: str) -> str:
    bare = "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
    return "".join(each for each in bare.casefold() if each.isalnum())


def _rows(name: str) -> Iterator[Mapping[str, str]]:
    text = files("app.reference").joinpath(name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)


def _degrees(cell: str) -> float | None:
    return float(cell) if cell else None
