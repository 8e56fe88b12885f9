"""What a copy of a file still shows: the picture or the sound, and nothing of who, where, when or with what."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from app.intake.sound import read_sound
from tests.sounds import MP3_FRAME, amr_file, mp3_file, ogg_checksum, ogg_page, opus_file, wave_file
from workers.attachments import stripping
from workers.attachments.stripping import LARGEST_BYTES, strip

SECRET = b"Bankass 14.07N 3.51W Mariam"
RED = (220, 20, 30)


def picture(kind: str, size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: object) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, RED if mode == "RGB" else None).save(written, kind, **options)
    return written.getvalue()


def photo() -> bytes:
    """A JPEG with a place, a device, a comment, XMP, a thumbnail, and turned on its side."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x010E] = 6, "Tecno", SECRET.decode()
    exif.get_ifd(0x8825)[1], exif.get_ifd(0x8825)[2] = "N", (14.0, 4.0, 12.0)
    return picture("JPEG", exif=exif, comment=SECRET, xmp=SECRET)


def chunk(name: bytes, body: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is that large, and holds a few bytes that unpack to a great many."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0" * 10_000_000, 9))
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


def tagged_png() -> bytes:
    """A PNG with texts of every kind."""
    tags = PngImagePlugin.PngInfo()
    tags.add_text("Author", SECRET.decode())
    tags.add_itxt("XML:com.adobe.xmp", SECRET.decode(), zip=True)
    return picture("PNG", pnginfo=tags, exif=Image.Exif())


def test_a_photo_keeps_its_picture_upright_and_loses_everything_else() -> None:
    original = photo()
    assert SECRET in original
    stripped = strip(original)
    assert stripped.content_type == "image/jpeg"
    assert stripped.copy is not None
    assert SECRET not in stripped.copy.content
    with Image.open(io.BytesIO(stripped.copy.content)) as image:
        assert image.size == (20, 40)  # as it was held
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert not image.getexif()
        assert all(abs(seen - red) < 12 for seen, red in zip(image.getpixel((5, 5)), RED, strict=True))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("original", "content_type", "copied_as"),
    [
        (picture("PNG"), "image/png", "image/png"),
        (tagged_png(), "image/png", "image/png"),
        (picture("PNG", mode="RGBA"), "image/png", "image/png"),
        (picture("PNG", mode="P"), "image/png", "image/png"),
        (picture("GIF"), "image/gif", "image/png"),
        (picture("WEBP", exif=Image.Exif()), "image/webp", "image/png"),
        (picture("JPEG", mode="CMYK"), "image/jpeg", "image/jpeg"),
        (picture("JPEG", mode="L"), "image/jpeg", "image/jpeg"),
        (picture("MPO", save_all=True, append_images=[Image.new("RGB", (9, 9))]), "image/jpeg", "image/jpeg"),
    ],
    ids=["PNG", "texts", "see-through", "palette", "GIF", "WebP", "for print", "grey", "several"],
)
def test_pictures_are_drawn_anew(original: bytes, content_type: str, copied_as: str) -> None:
    stripped = strip(original)
    assert stripped.content_type == content_type
    assert stripped.copy is not None
    assert stripped.copy.content_type == copied_as
    assert SECRET not in stripped.copy.content
    with Image.open(io.BytesIO(stripped.copy.content)) as image:
        image.load()
        assert image.size == (40, 20)


@pytest.mark.parametrize(
    ("original", "content_type", "sound"),
    [
        (wave_file(), "audio/wav", wave_file()),
        (wave_file() + b"LIST" + struct.pack("<I", len(SECRET)) + SECRET, "audio/wav", wave_file()),
        (b"ID3\x04\0\0\0\0\0\x1b" + SECRET + mp3_file(), "audio/mpeg", mp3_file()),
        (mp3_file() + b"TAG" + SECRET.ljust(125), "audio/mpeg", mp3_file()),
        (mp3_file() + b"APETAGEX" + SECRET, "audio/mpeg", mp3_file()),
        (mp3_file() + MP3_FRAME[:100], "audio/mpeg", mp3_file()),
        (amr_file(), "audio/amr", amr_file()),
    ],
    ids=["WAV", "WAV tags", "ID3", "ID3 behind", "APE", "MP3 cut", "AMR"],
)
def test_sounds_are_taken_over_whole_and_without_tags(
    original: bytes, content_type: str, sound: bytes
) -> None:
    stripped = strip(original)
    assert stripped.content_type == content_type
    assert stripped.copy is not None
    assert stripped.copy.content == sound


@pytest.mark.parametrize("tags", [SECRET, SECRET * 400], ids=["a page", "longer"])
def test_a_voice_note_keeps_its_sound_and_its_checksums_hold(tags: bytes) -> None:
    original = opus_file(tags)
    stripped = strip(original + SECRET)
    assert stripped.content_type == "audio/ogg"
    assert stripped.copy is not None
    copy = stripped.copy.content
    assert b"Mariam" not in copy
    assert len(copy) == len(original)
    assert copy[-170:] == original[-170:]  # the pages of sound
    at = copy.index(b"OpusTags")
    assert copy[at + 8 : at + 16] == bytes(8)  # no name, no comments
    start = copy.rindex(b"OggS", 0, at)
    end = copy.index(b"OggS", at)
    page = copy[start : start + 22] + bytes(4) + copy[start + 26 : end]
    assert copy[start + 22 : start + 26] == struct.pack("<I", ogg_checksum(page))


def test_tags_over_several_pages_go_too() -> None:
    start, sound = opus_file()[:47], opus_file()[-176:]
    tags = b"OpusTags" + SECRET * 3000
    first, rest = tags[: 255 * 255], tags[255 * 255 :]
    header = b"OggS" + struct.pack("<BBqIIIB", 0, 0, 0, 7, 1, 0, 255)
    stripped = strip(start + header + b"\xff" * 255 + first + ogg_page(rest, 2, kind=1) + sound)
    assert stripped.copy is not None
    assert b"Mariam" not in stripped.copy.content
    assert stripped.copy.content.endswith(sound)


def test_a_picture_that_unpacks_to_more_than_it_says_is_as_large_as_it_says() -> None:
    stripped = strip(png_of(10, 10))
    assert stripped.copy is not None
    assert len(stripped.copy.content) < 1000


HOSTILE = {
    "nothing": b"",
    "text": b"I am no picture",
    "SVG with a script": b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
    "HTML": b"<!doctype html><script>alert(1)</script>",
    "PDF": b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj",
    "ZIP": b"PK\x03\x04" + bytes(40),
    "program": b"MZ" + bytes(200),
    "ELF": b"\x7fELF" + bytes(60),
    "video": b"\0\0\0\x18ftypmp42" + bytes(60),
    "m4a": b"\0\0\0\x18ftypM4A " + bytes(60),
    "TIFF": picture("TIFF"),
    "BMP": picture("BMP"),
    "ICO": picture("ICO"),
    "a picture of 100,000 by 100,000": png_of(100_000, 100_000),
    "a picture of 8,000 by 8,000": png_of(8_000, 8_000),
    "PNG cut": picture("PNG", (300, 300))[:200],
    "JPEG cut": photo()[:300],
    "JPEG header only": b"\xff\xd8\xff\xe0" + bytes(20),
    "GIF header only": b"GIF89a\xff\xff\xff\xff",
    "WebP header only": b"RIFF\x10\0\0\0WEBPVP8L" + b"\xff" * 20,
    "WAV without samples": wave_file()[:44],
    "WAV of no channel": wave_file().replace(b"\x01\0\x01\0", b"\x01\0\0\0", 1),
    "WAV header only": b"RIFF\0\0\0\0WAVE",
    "one MP3 frame": MP3_FRAME,
    "MP3 with something behind": mp3_file() + b"PK\x03\x04 an archive",
    "ID3 longer than the file": b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + mp3_file(),
    "endless ID3": b"ID3\x04\0\0\0\0\0\0" * 1000,
    "Ogg of two streams": opus_file() + ogg_page(b"OpusHead", 0, serial=8),
    "Vorbis": ogg_page(b"\x01vorbis" + bytes(23), 0) + ogg_page(b"\x03vorbis" + SECRET, 1) * 2,
    "Ogg cut": opus_file()[:60],
    "Opus with tags that never end": opus_file()[:47] + ogg_page(b"OpusTags" + b"x" * 247, 1)[:-1] * 3,
    "AMR with something behind": amr_file() + b"\xff\xd8",
    "AMR of unknown frames": b"#!AMR\n" + b"\x4c" * 20,
    "AMR without frames": b"#!AMR\n",
    "too long": wave_file() + bytes(LARGEST_BYTES),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cant_be_read_without_doubt_has_no_copy(name: str) -> None:
    stripped = strip(HOSTILE[name])
    assert stripped.copy is None
    assert stripped.content_type.count("/") == 1
    assert len(stripped.content_type) <= stripping.LONGEST_CONTENT_TYPE


@pytest.mark.parametrize(
    "tail", [b"PK\x03\x04" + SECRET, b"<script>" + SECRET, b"%PDF-1.4" + SECRET, photo()]
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_second_file_behind_a_picture_doesnt_come_along(kind: str, tail: bytes) -> None:
    stripped = strip(picture(kind) + tail)
    assert stripped.copy is not None
    assert SECRET not in stripped.copy.content
    assert b"PK\x03\x04" not in stripped.copy.content


def test_a_file_is_what_it_holds_whatever_it_is_called_at_its_beginning() -> None:
    assert strip(picture("PNG")).content_type == "image/png"
    assert strip(b"GIF89a;<script>" + SECRET).copy is None


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(
        [photo(), tagged_png(), picture("GIF"), opus_file(), amr_file(), mp3_file(), wave_file()]
    ),
    st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 255)), max_size=12),
    st.integers(0, 20_000),
)
def test_damage_never_stops_the_work(original: bytes, damage: list[tuple[int, int]], length: int) -> None:
    broken = bytearray(original)
    for at, value in damage:
        broken[at % len(broken)] = value
    stripped = strip(bytes(broken[: length or None]))
    assert stripped.copy is None or stripped.copy.content_type.split("/")[0] in {"image", "audio"}


@given(st.binary(max_size=400))
def test_any_bytes_are_no_sound_or_one(content: bytes) -> None:
    sound = read_sound(content)
    assert sound is None or read_sound(sound.content) == sound  # what was taken over is taken over whole
