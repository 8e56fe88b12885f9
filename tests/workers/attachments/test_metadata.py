"""Files that carry who, where and when in every corner: nothing of it is in the copy, all of it is in the details."""

from __future__ import annotations

import io
from collections.abc import Callable

import av
import pytest
from PIL import Image
from pypdf import PdfReader

from tests.sounds import mp3_file, opus_file, wave_file
from tests.workers.attachments import made
from tests.workers.attachments.made import CANARY, CANARY_BYTES, FILM_TAGS, XMP, picture
from workers.decoding.findings import Findings, Order
from workers.decoding.reading import read

COVER = picture("JPEG", (30, 30), comment=CANARY_BYTES)


def webp() -> bytes:
    return picture("WEBP", exif=made.exif(), xmp=XMP)


def gif() -> bytes:
    return picture("GIF", comment=CANARY_BYTES)


def id3() -> bytes:
    """An MP3 with a title and a cover."""
    title = b"TIT2" + (len(CANARY_BYTES) + 1).to_bytes(4, "big") + b"\0\0\x03" + CANARY_BYTES
    body = b"\0image/jpeg\0\x03\0" + COVER
    cover = b"APIC" + len(body).to_bytes(4, "big") + b"\0\0" + body
    size = len(title) + len(cover)
    seven_bits = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + seven_bits + title + cover + mp3_file(30)


def ogg() -> bytes:
    return made.film("ogg", video=None, audio="libopus", tags={"artist": CANARY, "title": CANARY})


def wave() -> bytes:
    body = b"INFOIART" + len(CANARY_BYTES).to_bytes(4, "little") + CANARY_BYTES + b"\0"
    return wave_file() + b"LIST" + len(body).to_bytes(4, "little") + body


CARRIERS: dict[str, Callable[[], bytes]] = {
    "photo": made.photo,
    "PNG": made.tagged_png,
    "WebP": webp,
    "GIF": gif,
    "PDF": made.tagged_pdf,
    "MP4": lambda: made.with_atom(made.film(tags=FILM_TAGS)),
    "MP4 with XMP": lambda: made.with_atom(made.film(tags=FILM_TAGS), b"uuid", XMP),
    "QuickTime": lambda: made.film("mov", tags=FILM_TAGS),
    "3GP": lambda: made.with_atom(
        made.film("3gp", video="h263", audio=None, size=(176, 144), tags=FILM_TAGS)
    ),
    "Matroska": lambda: made.film("matroska", video="libvpx", audio="libopus", tags=FILM_TAGS),
    "WebM": lambda: made.film("webm", video="libvpx", audio="libopus", tags=FILM_TAGS),
    "AVI": lambda: made.film("avi", video="mjpeg", audio="libmp3lame", tags=FILM_TAGS),
    "M4A": lambda: made.film("ipod", video=None, tags=FILM_TAGS),
    "FLAC": lambda: made.film("flac", video=None, audio="flac", tags=FILM_TAGS),
    "Ogg": ogg,
    "Opus": lambda: opus_file(b"ARTIST=" + CANARY_BYTES),
    "MP3": id3,
    "WAV": wave,
}
SAID = {  # what the details must tell, besides the canary
    "photo": ("14.070000, -3.510000", "Tecno", "MakerNote: (76 bytes)"),
    "MP4": ("14.07", "2026-03-12"),
    "3GP": ("2026-03-12",),
    "PDF": ("20260312081500", f"{CANARY}.txt", "pages"),
}


NOT_TOLD = {"3GP"}  # the canary lies in an atom that is no metadata, which the original keeps


@pytest.fixture(scope="module", params=CARRIERS)
def found(request: pytest.FixtureRequest) -> tuple[str, bytes, Findings]:
    """A file that carries canaries, and what was found in it."""
    original = CARRIERS[request.param]()
    return request.param, original, read(io.BytesIO(original), Order(len(original), 60))


def test_the_canary_is_in_the_original_and_nowhere_in_the_copy(found: tuple[str, bytes, Findings]) -> None:
    _, original, findings = found
    assert findings.copy is not None
    assert CANARY_BYTES in original
    for written in (findings.copy.content, findings.preview):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            assert CANARY.encode(encoding) not in written
        for trace in (b"Bankass", b"xmpmeta", b"GPS", b"Exif\0", b"Tecno", b"+14.07", b"2026-03-12"):
            assert trace not in written


def test_what_the_metadata_said_is_kept(found: tuple[str, bytes, Findings]) -> None:
    name, _, findings = found
    said = "\n".join(f"{key}: {value}" for key, value in findings.details.items())
    assert CANARY in said or name in NOT_TOLD
    for part in SAID.get(name, ()):
        assert part in said


def test_others_programs_find_nothing_in_the_copy_either(found: tuple[str, bytes, Findings]) -> None:
    _, _, findings = found
    assert findings.copy is not None
    content, kind = io.BytesIO(findings.copy.content), findings.copy.content_type.partition("/")[0]
    if kind == "image":
        with Image.open(content) as image:
            assert not image.getexif()
            assert not {"exif", "xmp", "comment", "Comment", "Author"} & set(image.info)
    elif kind == "application":
        reader = PdfReader(content)
        assert not reader.attachments
        assert reader.xmp_metadata is None
        assert "".join(page.extract_text() for page in reader.pages) == ""
        assert not {"/OpenAction", "/Names", "/AcroForm"} & set(reader.trailer["/Root"])  # type: ignore[arg-type]
    else:
        with av.open(content) as copy:
            assert CANARY not in str(copy.metadata)
            assert {stream.type for stream in copy.streams} <= {"video", "audio"}
            assert "location" not in str(copy.metadata).lower()


def test_details_are_bounded() -> None:
    endless = picture("PNG", pnginfo=_many_texts())
    said = read(io.BytesIO(endless), Order(len(endless), 60)).details
    assert 100 < len(said) <= 200
    assert max(map(len, said.values())) <= 2000
    assert "\x1b" not in "".join(said.values())


def _many_texts() -> object:
    from PIL.PngImagePlugin import PngInfo

    texts = PngInfo()
    for number in range(500):
        texts.add_text(f"name {number}", f"\x1b[2J{'x' * 5000}")
    return texts
