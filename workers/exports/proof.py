"""What makes a copy provable: a manifest of all that is in it, signed, and a note for whoever gets it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any

from nacl.signing import SigningKey

from app.exports.signing_keys import minisign_text
from workers.exports.minisigning import sign
from workers.exports.proof_words import words
from workers.exports.release import Copy, Release

FORM = "seere-export/1"
MANIFEST, SIGNATURE = "manifest.json", "manifest.json.minisig"


class KeyMissing(RuntimeError):
    """This worker has no key to sign exports with (`SEERE_EXPORT_SIGNING_KEY`), so none is made."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a copy doesn't know of itself; workers/exports/provenance.py reads it from the database.

    `rules` are versions and digests by name, `previous` the reference and package digest of the export before.
    """

    filters: Mapping[str, Any] = field(default_factory=dict)
    made_by: str = ""  # the person's id; empty where it stays in the house
    previous: tuple[str, str] | None = None
    rules: Mapping[str, str] = field(default_factory=dict)


UNKNOWN = Provenance()


@dataclass(frozen=True, slots=True)
class Manifest:
    """The manifest as it was written, and the digest of its bytes."""

    content: dict[str, Any]
    sha256: str


def add_proof(
    release: Release,
    folder: Path,
    files: Sequence[Path],
    key: SigningKey | None,
    provenance: Provenance = UNKNOWN,
) -> Manifest:
    """Put the note, the manifest and its signature beside the files of a copy. Raises KeyMissing before all else."""
    if key is None:
        raise KeyMissing
    readme = _write_readme(release, folder, files, key)
    content = _content(release, folder, [*files, readme], provenance)
    encoded = (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
    comment = f"{release.copy.number} {release.copy.made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    (folder / MANIFEST).write_bytes(encoded)
    (folder / SIGNATURE).write_bytes(sign(encoded, key, comment))
    return Manifest(content, hashlib.sha256(encoded).hexdigest())


def _content(release: Release, folder: Path, files: Sequence[Path], provenance: Provenance) -> dict[str, Any]:
    return {
        "form": FORM,
        **_about_copy(release.copy, provenance),
        "tables": {
            code: {
                "label": table.labels.get(release.copy.language, code),
                "rows": table.count,
                "fields": [each.code for each in table.fields],
            }
            for code, table in release.tables.items()
        },
        "withheld": [asdict(each) for each in release.withheld],
        "risks": asdict(release.risks) if release.risks else None,
        "rules": {**provenance.rules, "in_force": release.copy.rules},
        "previous": _previous(provenance),
        "files": [_file(path, folder) for path in sorted(files)],
    }


def _about_copy(copy: Copy, provenance: Provenance) -> dict[str, Any]:
    return {
        "number": copy.number,
        "level": str(copy.level),
        "recipient": copy.recipient,
        "purpose": copy.purpose,
        "language": copy.language,
        "made_at": copy.made_at.astimezone(UTC).isoformat(timespec="seconds"),
        "made_by": {"id": provenance.made_by, "name": copy.made_by},
        "software": copy.software,
        "filters": {"codes": dict(provenance.filters), "words": [list(each) for each in copy.filters]},
    }


def _previous(provenance: Provenance) -> dict[str, str] | None:
    if provenance.previous is None:
        return None
    number, digest = provenance.previous
    return {"number": number, "sha256": digest}


def _file(path: Path, folder: Path) -> dict[str, Any]:
    return {
        "path": path.relative_to(folder).as_posix(),
        "bytes": path.stat().st_size,
        "sha256": digest_of(path),
    }


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal, with constant memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_readme(release: Release, folder: Path, files: Sequence[Path], key: SigningKey) -> Path:
    copy = release.copy
    said = words("readme", copy.language)
    level = words("levels", copy.language)[copy.level]
    lines = [
        said["title"].format(number=copy.number),
        "",
        said["for"].format(recipient=copy.recipient),
        said["purpose"].format(purpose=copy.purpose),
        said["level"].format(level=level),
        said["made"].format(made_at=f"{copy.made_at.astimezone(UTC):%Y-%m-%d %H:%M}", made_by=copy.made_by),
        *(said["filter"].format(name=name, value=value) for name, value in copy.filters),
        said["limits"],
        said["contents"],
        *(f"  {path.relative_to(folder).as_posix()}" for path in sorted(files)),
        said["withheld"],
        said["checking"].format(key=minisign_text(bytes(key.verify_key))),
    ]
    path = folder / said["file"]
    path.write_text("\n".join(lines), "utf-8")
    return path
