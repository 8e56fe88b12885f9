"""A hundred hostile files: each is kept, none stops the worker, and what is handed out runs nothing."""

from __future__ import annotations

import io
import time

import av
import pypdfium2
import pytest
from PIL import Image

from tests.workers.attachments.hostile import hostile_files
from workers.attachments.originals import of_bytes
from workers.attachments.sandbox import examined
from workers.decoding.findings import COPY_TYPES, LARGEST_COPY_BYTES, Caution, Copy, Findings

FILES = hostile_files()
LONGEST_SECONDS = 30
NEVER_COPIED = {Caution.ACTIVE, Caution.ARCHIVE, Caution.UNKNOWN_KIND, Caution.LOCKED, Caution.CRASHED}
PROGRAMS = (b"alert(1)", b"<script", b"/etc/passwd", b"PK\x03\x04", b"/JavaScript", b"/Launch", b"cmd.exe")
# What a file tries must also be told, or the person who decides about it isn't warned.
TOLD = {
    "SVG with a script": Caution.ACTIVE,
    "HTML in UTF-16": Caution.ACTIVE,
    "shell script": Caution.ACTIVE,
    "playlist that names a file of ours": Caution.UNKNOWN_KIND,
    "Windows program that is a PDF": Caution.ACTIVE,
    "office document with macros": Caution.ARCHIVE,
    "PNG of 100,000 by 100,000": Caution.TOO_LARGE,
    "JPEG of 65,535 by 65,535": Caution.TOO_LARGE,
    "JPEG and ZIP": Caution.SEVERAL_KINDS,
    "JPEG and PDF": Caution.SEVERAL_KINDS,
    "PNG and HTML": Caution.SEVERAL_KINDS,
    "JPEG with HTML as its comment": Caution.SEVERAL_KINDS,
    "PDF and HTML": Caution.SEVERAL_KINDS,
    "WAV and RAR": Caution.SEVERAL_KINDS,
    "PDF with a script": Caution.RUNS_PROGRAMS,
    "PDF with a launch": Caution.RUNS_PROGRAMS,
    "PDF locked": Caution.LOCKED,
    "MP4 header only": Caution.DAMAGED,
}


def test_there_are_a_hundred() -> None:
    assert len(FILES) >= 100
    assert set(TOLD) <= set(FILES)


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_kept_and_harms_nobody(name: str) -> None:
    began = time.monotonic()
    found = examined(of_bytes(FILES[name]), seconds=LONGEST_SECONDS)
    assert time.monotonic() - began < LONGEST_SECONDS + 5  # killed then, whatever it does
    assert found.content_type.count("/") == 1
    assert found.caution == TOLD.get(name, found.caution)
    assert (found.copy is None) <= bool(found.caution)
    if found.copy is not None:
        assert found.caution not in NEVER_COPIED
        _check_harmless(found, found.copy)


def _check_harmless(found: Findings, copy: Copy) -> None:
    """A copy is what it says it is, by a reader of its kind, and holds nothing that the file tried to bring in."""
    assert copy.content_type in COPY_TYPES
    assert len(copy.content) <= LARGEST_COPY_BYTES
    assert not [each for each in PROGRAMS if each in copy.content]
    kind = copy.content_type.partition("/")[0]
    if kind == "image":
        with Image.open(io.BytesIO(copy.content)) as image:
            image.load()
    elif kind == "application":
        with pypdfium2.PdfDocument(copy.content) as document:
            assert len(document) > 0
    elif kind == "video":
        with av.open(io.BytesIO(copy.content)) as film:
            assert film.streams.video
    assert not found.preview or found.preview.startswith(b"\xff\xd8\xff")
