"""Importing files of villages: read, locate, merge with what was imported before, and tell what became of each line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from workers.gazetteer.formats import CannotRead, Format, Found, Refusal, read
from workers.gazetteer.locating import locate
from workers.gazetteer.village_file import Village, merged, read_villages, write_villages

_MOST_REFUSED = 0.5  # of a file's lines; with more it isn't of the format said


@dataclass(frozen=True, slots=True)
class FileResult:
    """One file: places used, by how sure their cercle is (0–1), and the lines refused."""

    path: Path
    used: int
    by_certainty: tuple[tuple[float, int], ...]
    refused: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import came to: each file, how many places there were before and are now."""

    files: tuple[FileResult, ...]
    before: int
    after: int
    is_changed: bool


def import_files(paths: Sequence[Path], file_format: Format, into: Path) -> Imported:
    """Add the villages of files to those at `into`. Raises CannotRead, and then nothing is changed."""
    before = read_villages(into)
    results = [_import(path, file_format) for path in paths]
    after = merged(before, *(villages for villages, _ in results))
    is_changed = write_villages(into, after)
    return Imported(tuple(result for _, result in results), len(before), len(after), is_changed)


def _import(path: Path, file_format: Format) -> tuple[list[Village], FileResult]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        villages, refused = located(read(file, file_format), str(file_format))
    if not villages or len(refused) > _MOST_REFUSED * (len(villages) + len(refused)):
        first = f", the first in line {refused[0].line}: {refused[0].reason}" if refused else ""
        raise CannotRead(f"not a file of the format {file_format}: {len(refused)} lines refused{first}")
    sureness = Counter(village.certainty for village in villages)
    by_certainty = tuple(sorted(sureness.items(), reverse=True))
    return villages, FileResult(path, len(villages), by_certainty, tuple(refused))


def located(entries: Iterable[Found | Refusal], source: str) -> tuple[list[Village], list[Refusal]]:
    """The places that lie somewhere in Mali, and every line that couldn't be used, in order."""
    results = [_located(entry, source) if isinstance(entry, Found) else entry for entry in entries]
    villages = [result for result in results if isinstance(result, Village)]
    return villages, [result for result in results if isinstance(result, Refusal)]


def _located(found: Found, source: str) -> Village | Refusal:
    area = locate(found)
    if area is None:
        return Refusal(found.line, "in no cercle that is known, nor near a known place")
    return Village(
        found.name, found.kind, area.region_code, area.cercle_code, found.lat, found.lon,
        area.certainty, found.variants, source,
    )  # fmt: skip
