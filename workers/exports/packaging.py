"""A copy as one ZIP: the same files give the same bytes, whoever packs them and whenever."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any, cast

_NO_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP can say
_READABLE_BY_OWNER = 0o600 << 16
_PACKED_ALREADY = frozenset({".xlsx", ".pdf", ".docx", ".zip", ".sav"})
_PIECE_BYTES = 1024 * 1024
_LEVEL = 3  # of 9: half the time of the usual 6, for files a tenth larger


def pack(folder: Path, target: Path) -> None:
    """Write every file of a folder into a ZIP, in the order of their names."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path != target)
    with zipfile.ZipFile(target, "w") as package:
        for path in paths:
            _add(package, path, path.relative_to(folder).as_posix())


def _add(package: zipfile.ZipFile, path: Path, name: str) -> None:
    entry = zipfile.ZipInfo(name, _NO_TIME)
    entry.external_attr = _READABLE_BY_OWNER
    entry.create_system = 3  # Unix, whatever packs it
    is_packed = path.suffix in _PACKED_ALREADY
    entry.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
    cast("Any", entry)._compresslevel = _LEVEL  # the archive's own level isn't that of entries made apart
    entry.file_size = path.stat().st_size  # so that files above 4 GB get the wide form
    with path.open("rb") as source, package.open(entry, "w") as inside:
        while piece := source.read(_PIECE_BYTES):
            inside.write(piece)
