"""The file that a recipient gets: PDF, manifest and signature in a ZIP, encrypted to them, with a note beside it.

What is not encrypted is written to memory only, never to a disk: `/dev/shm`, or nowhere.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nacl.signing import SigningKey

from app.exports.judicial.certificates import spaced
from app.models import JudicialFile
from workers.exports.judicial.certificates import encrypted
from workers.exports.packaging import pack
from workers.exports.papers import case_paper
from workers.exports.papers.paper_words import paper_words
from workers.exports.proof import Manifest, Provenance, add_proof
from workers.exports.release import Release

MEMORY = Path("/dev/shm")  # noqa: S108 - files there are never on a disk, and the folder is ours alone


class NoMemoryFolder(RuntimeError):
    """This machine has no folder that lies in memory, so no judicial file is made on it."""

    code = "no_memory_folder"


def make_package(
    release: Release, file: JudicialFile, target: Path, key: SigningKey | None, made_from: Provenance
) -> Manifest:
    """Write the package for one recipient. Raises NoMemoryFolder, KeyRefused, and KeyMissing without a signing key."""
    with _in_memory() as folder:
        work, whole, outer = folder / "work", folder / "whole", folder / "outer"
        work.mkdir(mode=0o700)
        files = case_paper.write(release, work, lambda _more: None)
        proved = add_proof(release, work, files, key, made_from)
        pack(work, whole)
        outer.mkdir(mode=0o700)
        sealed = encrypted(whole.read_bytes(), bytes(file.certificate), file.fingerprint)
        (outer / f"seere-{release.copy.number}.zip.pgp").write_bytes(sealed)
        (outer / "LISEZMOI.txt").write_text(_note(release, file), "utf-8")
        pack(outer, target)
    return proved


@contextmanager
def _in_memory() -> Iterator[Path]:
    if not MEMORY.is_dir():
        raise NoMemoryFolder
    with tempfile.TemporaryDirectory(prefix="seere-", dir=MEMORY) as folder:
        yield Path(folder)


def _note(release: Release, file: JudicialFile) -> str:
    """For whoever finds the package: for whom it is and how it opens. Nothing of the case."""
    words = paper_words(release.copy.language)
    made_for = words["made_for"].format(number=release.copy.number, recipient=release.copy.recipient)
    return f"{made_for}\n\n{words['to_open']}\n\nOpenPGP: {spaced(file.fingerprint)}\n"
