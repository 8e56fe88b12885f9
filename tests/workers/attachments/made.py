"""Real files for tests, made here: pictures, documents, films, sounds; plain, or with what must not come along."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping
from fractions import Fraction

import av
import numpy as np
from PIL import Image, PngImagePlugin
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

CANARY = "Mariam-Bankass-7431"  # planted in every corner; found again, it would tell who and where
CANARY_BYTES = CANARY.encode()
LATITUDE = (14.0, 4.0, 12.0)
XMP = (
    f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><dc:creator>{CANARY}</dc:creator></rdf:RDF></x:xmpmeta>'
).encode()
RED = (220, 20, 30)


def picture(kind: str, size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: object) -> bytes:
    """A red picture."""
    written = io.BytesIO()
    Image.new(mode, size, RED if mode == "RGB" else None).save(written, kind, **options)
    return written.getvalue()


def exif() -> Image.Exif:
    """A place, a device, an owner, and turned on its side."""
    found = Image.Exif()
    found[0x0112], found[0x010F], found[0x010E], found[0x013B] = 6, "Tecno", CANARY, CANARY
    position = found.get_ifd(0x8825)
    position[1], position[2], position[3], position[4] = "N", LATITUDE, "W", (3.0, 30.0, 36.0)
    found.get_ifd(0x8769)[0x927C] = CANARY_BYTES * 4  # maker note
    return found


def photo() -> bytes:
    """A JPEG with a place, a device, a comment, XMP, a thumbnail, and another file behind it."""
    thumbnail = picture("JPEG", (16, 8), comment=CANARY_BYTES)
    app13 = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + _iptc()
    plain = picture("JPEG", exif=exif(), comment=CANARY_BYTES, xmp=XMP)
    segments = _segment(0xED, app13) + _segment(0xE2, b"MPF\0" + CANARY_BYTES) + _segment(0xEC, thumbnail)
    return plain[:2] + segments + plain[2:] + CANARY_BYTES


def _iptc() -> bytes:
    entry = b"\x1c\x02\x50" + struct.pack(">H", len(CANARY_BYTES)) + CANARY_BYTES
    return struct.pack(">I", len(entry)) + entry + b"\0" * (len(entry) % 2)


def _segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def tagged_png() -> bytes:
    """A PNG with texts of every kind, EXIF and XMP."""
    tags = PngImagePlugin.PngInfo()
    tags.add_text("Author", CANARY)
    tags.add_text("Comment", CANARY, zip=True)
    tags.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=False)
    return picture("PNG", pnginfo=tags, exif=exif()) + CANARY_BYTES


def chunk(name: bytes, body: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of(width: int, height: int, packed: int = 10_000_000) -> bytes:
    """A PNG that says it is that large, and holds a few bytes that unpack to a great many."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0" * packed, 9))
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


def document(pages: int = 1) -> PdfWriter:
    """A PDF of a few pages with a line of text on each."""
    writer = PdfWriter()
    for number in range(pages):
        page = writer.add_blank_page(300, 200)
        content = DecodedStreamObject()
        content.set_data(f"BT /F1 24 Tf 40 100 Td (Page {number}) Tj ET".encode())
        page[NameObject("/Contents")] = writer._add_object(content)
    return writer


def written(writer: PdfWriter) -> bytes:
    """A document as a file."""
    into = io.BytesIO()
    writer.write(into)
    return into.getvalue()


def tagged_pdf() -> bytes:
    """A PDF with an author, XMP, a script and another file in it."""
    writer = document(2)
    writer.add_metadata({"/Author": CANARY, "/Title": CANARY, "/CreationDate": "D:20260312081500Z"})
    script = DictionaryObject(
        {
            NameObject("/S"): NameObject("/JavaScript"),
            NameObject("/JS"): TextStringObject(f"app.alert('{CANARY}')"),
        }
    )
    writer._root_object[NameObject("/OpenAction")] = writer._add_object(script)
    writer.add_attachment(f"{CANARY}.txt", CANARY_BYTES)
    packet = DecodedStreamObject()
    packet.set_data(XMP)
    writer._root_object[NameObject("/Metadata")] = writer._add_object(packet)
    return written(writer) + CANARY_BYTES


def locked_pdf() -> bytes:
    """A PDF that needs a password."""
    writer = document()
    writer.encrypt("secret", algorithm="RC4-128")
    return written(writer)


def film(
    container: str = "mp4",
    *,
    video: str | None = "libx264",
    audio: str | None = "aac",
    seconds: float = 0.4,
    size: tuple[int, int] = (64, 48),
    rotation: int = 0,
    tags: Mapping[str, str] | None = None,
) -> bytes:
    """Moving red and blue with silence; red is the upper half, blue the left edge."""
    into = io.BytesIO()
    with av.open(into, "w", format=container) as target:
        target.metadata.update(tags or {})
        pictures = target.add_stream(video, rate=25) if video else None
        if pictures is not None:
            pictures.width, pictures.height = size
            pictures.pix_fmt = "yuvj420p" if video == "mjpeg" else "yuv420p"
            if rotation:
                pictures.set_display_rotation(rotation)
        sound = target.add_stream(audio, rate=48_000, layout="mono") if audio else None
        for stream in (pictures, sound):
            if stream is not None:
                stream.metadata.update({"title": (tags or {}).get("title", "")})
        if pictures is not None:
            _draw(target, pictures, round(seconds * 25), size)
        if sound is not None:
            _silence(target, sound, round(seconds * 50))
    return into.getvalue()


def _draw(
    target: av.container.OutputContainer, stream: av.VideoStream, count: int, size: tuple[int, int]
) -> None:
    pixels = np.zeros((size[1], size[0], 3), dtype=np.uint8)
    pixels[: size[1] // 2] = (250, 0, 0)
    pixels[:, :6] = (0, 0, 250)
    for _ in range(count):
        target.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
    target.mux(stream.encode(None))


def _silence(target: av.container.OutputContainer, stream: av.AudioStream, count: int) -> None:
    for number in range(count):
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 960), dtype=np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, number * 960, Fraction(1, 48_000)
        target.mux(stream.encode(frame))
    target.mux(stream.encode(None))


FILM_TAGS = {
    "title": CANARY,
    "artist": CANARY,
    "comment": CANARY,
    "location": "+14.0700-003.5100/",
    "creation_time": "2026-03-12T08:15:00.000000Z",
}


def with_atom(content: bytes, name: bytes = b"udta", body: bytes = CANARY_BYTES) -> bytes:
    """A film with one more atom behind it, as editors and cameras leave them."""
    return content + struct.pack(">I", len(body) + 8) + name + body
