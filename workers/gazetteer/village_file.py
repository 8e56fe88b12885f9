"""The one file of imported villages: normalised, sorted, read back strictly, replaced in one step."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from app.installation import write_secret
from app.reference import geography
from workers.triage.folding import words

COLUMNS = ("name", "kind", "region_code", "cercle_code", "lat", "lon", "certainty", "variants", "source")
_DECIMALS = 3  # about 100 m
_FOLDER, _NAME = "gazetteer", "villages.csv"


@dataclass(frozen=True, slots=True)
class Village:
    """An imported place. Degrees None where unknown; certainty (0–1) is that of its cercle."""

    name: str
    kind: str
    region_code: str
    cercle_code: str | None
    lat: float | None
    lon: float | None
    certainty: float
    variants: tuple[str, ...]
    source: str

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What two tellings of one place share: name, area, and where it lies to about 10 km."""
        folded = "".join(word.text for word in words(self.name))
        where = "" if self.lat is None or self.lon is None else f"{self.lat:.1f} {self.lon:.1f}"
        return folded, self.region_code, self.cercle_code or "", where


class NotVillages(ValueError):
    """A file that is not one of imported villages; the message says at which line."""


def villages_path(var: Path) -> Path:
    """Where an installation keeps its imported villages."""
    return var / _FOLDER / _NAME


def rounded(village: Village) -> Village:
    """The village as the file keeps it."""
    lat = None if village.lat is None else round(village.lat, _DECIMALS)
    lon = None if village.lon is None else round(village.lon, _DECIMALS)
    spellings = tuple(sorted({*village.variants} - {village.name, ""}))
    return replace(village, lat=lat, lon=lon, variants=spellings)


def merged(*groups: Iterable[Village]) -> list[Village]:
    """Each place once, as it was told first, with the spellings of all; sorted."""
    kept: dict[tuple[str, str, str, str], Village] = {}
    for village in (rounded(each) for group in groups for each in group):
        first = kept.get(village.identity)
        kept[village.identity] = _joined(first, village) if first else village
    return sorted(kept.values(), key=_order)


def _joined(first: Village, other: Village) -> Village:
    return rounded(replace(first, variants=(*first.variants, other.name, *other.variants)))


def _order(village: Village) -> tuple[str, str, str, str, str]:
    return village.region_code, village.cercle_code or "", *village.identity[::3], village.name


def write_villages(path: Path, villages: Iterable[Village]) -> bool:
    """Replace the file in one step, for its owner's eyes only; False if it held the same already."""
    content = _as_text(villages)
    if path.exists() and path.read_bytes() == content.encode("utf-8"):
        return False
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(f".{os.getpid()}.draft")
    write_secret(draft, content)
    draft.replace(path)
    return True


def _as_text(villages: Iterable[Village]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in villages:
        writer.writerow(
            (
                each.name, each.kind, each.region_code, each.cercle_code or "",
                "" if each.lat is None else each.lat, "" if each.lon is None else each.lon,
                each.certainty, "|".join(each.variants), each.source,
            )
        )  # fmt: skip
    return text.getvalue()


def read_villages(path: Path) -> list[Village]:
    """The villages of a file; [] where there is none. Raises NotVillages."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        try:
            if tuple(next(reader, ())) != COLUMNS:
                raise NotVillages("line 1: not the columns of imported villages")
            return [_village(row) for row in reader]
        except (csv.Error, ValueError) as problem:
            raise NotVillages(f"line {reader.line_num}: not an imported village") from problem


def _village(row: list[str]) -> Village:
    name, kind, region, cercle, lat, lon, certainty, variants, source = row
    if geography.region(region) is None or (cercle and geography.cercle(cercle, region) is None):
        raise ValueError("unknown area")
    return Village(
        name,
        kind,
        region,
        cercle or None,
        float(lat) if lat else None,
        float(lon) if lon else None,
        float(certainty),
        tuple(filter(None, variants.split("|"))),
        source,
    )
