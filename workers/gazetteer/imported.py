"""The gazetteer of an installation: what ships with Seere and what was imported, read again only when that changes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import structlog

from workers.gazetteer.village_file import NotVillages, Village, read_villages, villages_path
from workers.triage.place_gazetteer import Gazetteer, Place, gazetteer
from workers.triage.place_imports import IMPORTED_WEIGHT, with_villages

logger = structlog.get_logger()


def imported_gazetteer(var: Path) -> Gazetteer | None:
    """The gazetteer with the villages kept in `var`; None (the shipped one runs) where there are none to read.

    A report is never held up by a file that was damaged; the log says so.
    """
    path = villages_path(var)
    try:
        return _read_once(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return None
    except (NotVillages, OSError) as error:
        logger.warning("imported_villages_unreadable", error=type(error).__name__)
        return None


def gazetteer_with_file(path: Path) -> Gazetteer:
    """The shipped gazetteer and the villages of a file. Raises NotVillages."""
    villages = read_villages(path)
    return with_villages(gazetteer(), ((_place(each), each.variants) for each in villages))


@lru_cache(maxsize=1)
def _read_once(path: Path, _changed_at: int) -> Gazetteer:
    return gazetteer_with_file(path)


def _place(village: Village) -> Place:
    return Place(
        name=village.name,
        kind=village.kind,
        region_code=village.region_code,
        cercle_code=village.cercle_code,
        lat=village.lat,
        lon=village.lon,
        weight=IMPORTED_WEIGHT,
    )
