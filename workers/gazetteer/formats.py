"""Reads the files that villages come in: GeoNames, OCHA COD tables, and a simple table of our own.

Every line gives a village, a refusal with its number, or nothing where it is of another kind. Never raises for what
a line holds; only a file without the columns it needs is refused whole.
"""

from __future__ import annotations

import csv
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

_LONGEST_NAME, _MOST_VARIANTS, _FEWEST_LETTERS = 80, 12, 2
_UNREADABLE = "\ufffd"  # what stands for bytes that are not UTF-8
_SIGNS = re.compile(r"[^a-z0-9]")
_NUMBER = re.compile(r"[+-]?\d{1,3}(?:[.,]\d{1,15})?")
_SOUTH, _NORTH, _WEST, _EAST = 10.0, 25.1, -12.4, 4.4  # Mali lies within these degrees


Line = TypeVar("Line")
Layout = TypeVar("Layout")


class Format(StrEnum):
    """The kinds of file that can be imported."""

    GEONAMES = "geonames"
    COD = "cod-csv"
    PLACES = "places-csv"


@dataclass(frozen=True, slots=True)
class Found:
    """A village as a file tells it; degrees None where it tells none, names of areas empty where it tells none."""

    line: int
    name: str
    kind: str = "village"
    variants: tuple[str, ...] = ()
    region: str = ""
    cercle: str = ""
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that can't be used, counted from 1, and why."""

    line: int
    reason: str


class CannotRead(ValueError):
    """A file that is not of the format said; the message says what is missing."""


class _BadLine(ValueError):
    """Why one line can't be used."""


def read(lines: Iterable[str], file_format: Format) -> Iterator[Found | Refusal]:
    """The villages of a file's lines. Raises CannotRead where the file hasn't the columns it needs."""
    if file_format is Format.GEONAMES:
        return _geonames(lines)
    return _table(lines, _columns()[file_format])


def _geonames(lines: Iterable[str]) -> Iterator[Found | Refusal]:
    known = _columns()[Format.GEONAMES]
    for number, line in enumerate(lines, start=1):
        if line.strip():
            found = _or_refusal(_geoname, line, number, known)
            if found is not None:
                yield found


def _geoname(line: str, number: int, known: Mapping[str, Any]) -> Found | None:
    fields = line.rstrip("\r\n").split("\t")
    if len(fields) != known["fields"]:
        raise _BadLine(f"{len(fields)} fields instead of {known['fields']}")
    if not _is_wanted(fields, known):
        return None
    lat, lon = _position(fields[known["latitude"]], fields[known["longitude"]])
    if lat is None:
        raise _BadLine("no coordinates")
    name = _name(fields[known["name"]])
    return Found(number, name, variants=_variants(fields[known["variants"]], ",", name), lat=lat, lon=lon)


def _is_wanted(fields: Sequence[str], known: Mapping[str, Any]) -> bool:
    return (
        fields[known["feature_class"]] == known["wanted_class"]
        and fields[known["feature_code"]] not in known["unwanted_codes"]
        and fields[known["country"]] == known["wanted_country"]
    )


def _table(lines: Iterable[str], wanted: Mapping[str, list[str]]) -> Iterator[Found | Refusal]:
    """A table whose first line names its columns; commas or semicolons, HXL tags in the second line skipped."""
    iterator = iter(lines)
    header = next(iterator, "")
    delimiter = ";" if header.count(";") > header.count(",") else ","
    try:
        columns = next(csv.reader([header], delimiter=delimiter), [])
    except csv.Error:
        raise CannotRead("the first line doesn't name the columns of a table") from None
    return _rows(csv.reader(iterator, delimiter=delimiter), _positions(columns, wanted))


def _positions(header: Sequence[str], wanted: Mapping[str, list[str]]) -> dict[str, int]:
    given: dict[str, int] = {}
    for position, name in enumerate(header):
        given.setdefault(_bare(name), position)
    found = {
        field: given[known[0]]
        for field, names in wanted.items()
        if (known := [bare for bare in map(_bare, names) if bare in given])
    }
    if "village" not in found and "commune" not in found:
        raise CannotRead("no column holds the name of a village")
    if not ({"latitude", "longitude"} <= found.keys() or "cercle" in found):
        raise CannotRead("no column says where a village is: cercle, or latitude and longitude")
    return found


def _bare(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    return _SIGNS.sub("", plain.lower())


def _rows(rows: Any, positions: Mapping[str, int]) -> Iterator[Found | Refusal]:
    while True:
        try:
            row: list[str] | None = next(rows, None)
        except csv.Error:
            yield Refusal(rows.line_num + 1, "not a line of a table")
            continue
        if row is None:
            return
        if any(cell.strip() for cell in row) and not row[0].startswith("#"):
            number = rows.line_num + 1
            found = _or_refusal(_row, row, number, positions)
            if found is not None:
                yield found


def _row(row: Sequence[str], number: int, positions: Mapping[str, int]) -> Found:
    cells = {field: row[at].strip() for field, at in positions.items() if at < len(row)}
    kind = "village" if cells.get("village") or "village" in positions else "commune"
    name = _name(cells.get(kind, ""))
    lat, lon = _position(cells.get("latitude", ""), cells.get("longitude", ""))
    if lat is None and not cells.get("cercle"):
        raise _BadLine("neither cercle nor coordinates")
    variants = _variants(cells.get("variants", ""), "|", name)
    return Found(number, name, kind, variants, cells.get("region", ""), cells.get("cercle", ""), lat, lon)


def _or_refusal(
    make: Callable[[Line, int, Layout], Found | None], line: Line, number: int, layout: Layout
) -> Found | Refusal | None:
    try:
        return make(line, number, layout)
    except _BadLine as problem:
        return Refusal(number, str(problem))


def _name(cell: str) -> str:
    name = unicodedata.normalize("NFC", " ".join(cell.split()))
    if sum(character.isalpha() for character in name) < _FEWEST_LETTERS:
        raise _BadLine("no name")
    if not _is_readable(name):
        raise _BadLine("the name is too long or holds characters that can't be read")
    return name


def _is_readable(text: str) -> bool:
    return len(text) <= _LONGEST_NAME and text.isprintable() and not {_UNREADABLE, "|"} & set(text)


def _variants(cell: str, separator: str, name: str) -> tuple[str, ...]:
    """Other spellings in Latin letters, without the name itself."""
    given = (unicodedata.normalize("NFC", each.strip()) for each in cell.split(separator))
    usable = (each for each in given if each != name and _is_spelling(each))
    return tuple(dict.fromkeys(usable))[:_MOST_VARIANTS]


def _is_spelling(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return (
        _is_readable(text)
        and len(letters) > _FEWEST_LETTERS
        and all("LATIN" in unicodedata.name(letter, "") for letter in letters)
    )


def _position(lat: str, lon: str) -> tuple[float, float] | tuple[None, None]:
    if not lat and not lon:
        return None, None
    if not (_NUMBER.fullmatch(lat) and _NUMBER.fullmatch(lon)):
        raise _BadLine("coordinates that are no decimal degrees")
    north, east = float(lat.replace(",", ".")), float(lon.replace(",", "."))
    if not (_SOUTH <= north <= _NORTH and _WEST <= east <= _EAST):
        raise _BadLine("coordinates outside Mali")
    return north, east


@cache
def _columns() -> Mapping[str, Any]:
    source = files("workers.vocabularies").joinpath("gazetteer_columns.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))
