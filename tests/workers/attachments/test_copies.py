"""What a copy of a file still shows: the picture or the sound, and nothing of who, where, when or with what."""

from __future__ import annotations

import io
import struct
import time
from fractions import Fraction

import av
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app.intake.sound import read_sound
from tests.sounds import MP3_FRAME, amr_file, mp3_file, ogg_checksum, ogg_page, opus_file, wave_file
from tests.workers.attachments import made
from tests.workers.attachments.made import CANARY_BYTES, RED, picture
from workers.decoding import documents, films, pictures
from workers.decoding.findings import Caution, Findings, Order
from workers.decoding.reading import read


def copied(content: bytes, seconds: float = 60) -> Findings:
    """What a file is, and its copy."""
    return read(io.BytesIO(content), Order(len(content), seconds))


def copy_of(content: bytes) -> bytes:
    """The copy of a file that has one."""
    found = copied(content).copy
    assert found is not None
    return found.content


def test_a_photo_keeps_its_picture_upright_and_loses_everything_else() -> None:
    found = copied(made.photo())
    assert found.content_type == "image/jpeg"
    with Image.open(io.BytesIO(copy_of(made.photo()))) as image:
        assert image.size == (20, 40)  # as it was held
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert not image.getexif()
        assert all(abs(seen - red) < 12 for seen, red in zip(image.getpixel((5, 5)), RED, strict=True))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("original", "content_type", "copied_as"),
    [
        (picture("PNG"), "image/png", "image/png"),
        (picture("PNG", mode="RGBA"), "image/png", "image/png"),
        (picture("PNG", mode="P"), "image/png", "image/png"),
        (picture("GIF"), "image/gif", "image/png"),
        (picture("WEBP", exif=Image.Exif()), "image/webp", "image/jpeg"),
        (picture("WEBP", mode="RGBA"), "image/webp", "image/png"),
        (picture("JPEG", mode="CMYK"), "image/jpeg", "image/jpeg"),
        (picture("JPEG", mode="L"), "image/jpeg", "image/jpeg"),
        (picture("MPO", save_all=True, append_images=[Image.new("RGB", (9, 9))]), "image/jpeg", "image/jpeg"),
    ],
    ids=["PNG", "see-through", "palette", "GIF", "WebP", "WebP see-through", "for print", "grey", "several"],
)
def test_pictures_are_drawn_anew(original: bytes, content_type: str, copied_as: str) -> None:
    found = copied(original)
    assert found.copy is not None
    assert (found.content_type, found.copy.content_type, found.caution) == (content_type, copied_as, "")
    with Image.open(io.BytesIO(found.copy.content)) as image:
        image.load()
        assert image.size == (40, 20)
    with Image.open(io.BytesIO(found.preview)) as small:
        assert small.format == "JPEG"


def test_a_large_picture_is_copied_smaller() -> None:
    with Image.open(io.BytesIO(copy_of(picture("JPEG", (6000, 1000))))) as image:
        assert image.size == (pictures.LONGEST_SIDE, round(pictures.LONGEST_SIDE / 6))


def test_a_picture_that_unpacks_to_more_than_it_says_is_as_large_as_it_says() -> None:
    assert len(copy_of(made.png_of(10, 10))) < 1000


@pytest.mark.parametrize(
    ("original", "content_type", "sound"),
    [
        (wave_file(), "audio/wav", wave_file()),
        (wave_file() + b"LIST" + struct.pack("<I", 19) + CANARY_BYTES, "audio/wav", wave_file()),
        (b"ID3\x04\0\0\0\0\0\x13" + CANARY_BYTES + mp3_file(), "audio/mpeg", mp3_file()),
        (mp3_file() + b"TAG" + CANARY_BYTES.ljust(125), "audio/mpeg", mp3_file()),
        (mp3_file() + b"APETAGEX" + CANARY_BYTES, "audio/mpeg", mp3_file()),
        (mp3_file() + MP3_FRAME[:100], "audio/mpeg", mp3_file()),
        (amr_file(), "audio/amr", amr_file()),
    ],
    ids=["WAV", "WAV tags", "ID3", "ID3 behind", "APE", "MP3 cut", "AMR"],
)
def test_sounds_are_taken_over_whole_and_without_tags(
    original: bytes, content_type: str, sound: bytes
) -> None:
    found = copied(original)
    assert found.content_type == content_type
    assert found.copy is not None
    assert found.copy.content == sound


@pytest.mark.parametrize("tags", [CANARY_BYTES, CANARY_BYTES * 400], ids=["a page", "longer"])
def test_a_voice_note_keeps_its_sound_and_its_checksums_hold(tags: bytes) -> None:
    original = opus_file(tags)
    copy = copy_of(original + CANARY_BYTES)
    assert CANARY_BYTES not in copy
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
    tags = b"OpusTags" + CANARY_BYTES * 4000
    first, rest = tags[: 255 * 255], tags[255 * 255 :]
    header = b"OggS" + struct.pack("<BBqIIIB", 0, 0, 0, 7, 1, 0, 255)
    copy = copy_of(start + header + b"\xff" * 255 + first + ogg_page(rest, 2, kind=1) + sound)
    assert CANARY_BYTES not in copy
    assert copy.endswith(sound)


@pytest.mark.parametrize(
    ("container", "video", "audio", "content_type"),
    [
        ("mp4", "libx264", "aac", "video/mp4"),
        ("mov", "libx264", None, "video/quicktime"),
        ("3gp", "h263", None, "video/3gpp"),
        ("webm", "libvpx", "libopus", "video/webm"),
        ("avi", "mjpeg", "libmp3lame", "video/x-msvideo"),
        ("ipod", None, "aac", "audio/mp4"),
        ("flac", None, "flac", "audio/flac"),
    ],
)
def test_films_and_sounds_become_what_every_browser_plays(
    container: str, video: str | None, audio: str | None, content_type: str
) -> None:
    size = (128, 96)
    found = copied(made.film(container, video=video, audio=audio, size=size))
    assert (found.content_type, found.caution) == (content_type, "")
    assert found.copy is not None
    assert found.copy.content_type == ("video/mp4" if video else "audio/mp4")
    with av.open(io.BytesIO(found.copy.content)) as copy:
        kinds = [(stream.type, stream.codec_context.name) for stream in copy.streams]
        seconds = Fraction(copy.duration or 0, av.time_base)
    assert kinds == [("video", "h264")] * bool(video) + [("audio", "aac")] * bool(audio)
    assert 0.3 < seconds < 0.7


def test_a_film_that_was_held_upright_stays_so() -> None:
    with av.open(io.BytesIO(copy_of(made.film(rotation=90, audio=None)))) as copy:
        frame = next(copy.decode(video=0))
        assert isinstance(frame, av.VideoFrame)
        image = frame.to_image()
    assert (frame.rotation, image.size) == (0, (48, 64))
    red, blue = image.getpixel((5, 5)), image.getpixel((40, 62))
    assert isinstance(red, tuple)
    assert isinstance(blue, tuple)
    assert (red[0] > 200, blue[2] > 200) == (True, True)


def test_a_film_of_another_size_is_made_small() -> None:
    with av.open(io.BytesIO(copy_of(made.film(size=(1280, 720), seconds=0.2, audio=None)))) as copy:
        assert copy.streams.video[0].codec_context.height == 480


def test_a_film_for_which_there_is_no_time_is_cut_and_says_so() -> None:
    original = made.film(seconds=1)
    found = copied(original, seconds=0)
    assert found.caution in {Caution.SHORTENED, Caution.DAMAGED}  # nothing at all came out, or a beginning
    assert copied(original).caution == Caution.NONE


def test_a_film_ends_where_it_may_last_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(films, "MOST_SECONDS", 0.4)
    found = copied(made.film(seconds=2))
    assert found.caution == Caution.SHORTENED
    assert found.copy is not None
    with av.open(io.BytesIO(found.copy.content)) as copy:
        assert Fraction(copy.duration or 0, av.time_base) < 1.5


def test_a_document_becomes_pictures_of_its_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    original = made.written(made.document(3))
    with pypdfium2.PdfDocument(copy_of(original)) as copy:
        assert len(copy) == 3
        assert [round(side) for side in copy[0].get_size()] == [300, 200]
        assert copy[0].get_textpage().count_chars() == 0
    monkeypatch.setattr(documents, "MOST_PAGES", 2)
    assert copied(original).caution == Caution.SHORTENED


def test_a_document_that_holds_scripts_is_marked() -> None:
    found = copied(made.tagged_pdf())
    assert found.caution == Caution.RUNS_PROGRAMS
    assert found.copy is not None
    assert copied(made.locked_pdf()).caution == Caution.LOCKED


@pytest.mark.parametrize(
    "tail", [b"PK\x05\x06" + CANARY_BYTES, b"<script>" + CANARY_BYTES, b"Rar!\x1a\x07\x01"]
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_second_file_behind_a_picture_is_told_and_doesnt_come_along(kind: str, tail: bytes) -> None:
    found = copied(picture(kind) + tail)
    assert found.caution == Caution.SEVERAL_KINDS
    assert found.copy is not None
    assert CANARY_BYTES not in found.copy.content
    assert b"PK\x05\x06" not in found.copy.content


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(
        [
            made.photo(),
            made.tagged_png(),
            picture("GIF"),
            opus_file(),
            amr_file(),
            mp3_file(),
            wave_file(),
            made.film(),
            made.film("webm", video="libvpx", audio="libopus"),
            made.written(made.document()),
        ]
    ),
    st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 255)), max_size=12),
    st.integers(0, 20_000),
)
def test_damage_never_stops_the_work(original: bytes, damage: list[tuple[int, int]], length: int) -> None:
    broken = bytearray(original)
    for at, value in damage:
        broken[at % len(broken)] = value
    began = time.monotonic()
    found = copied(bytes(broken[: length or None]), seconds=5)
    assert (found.copy is None) <= bool(found.caution)  # no copy without a word on why
    assert time.monotonic() - began < 20


@given(st.binary(max_size=400))
def test_any_bytes_are_no_sound_or_one(content: bytes) -> None:
    sound = read_sound(content)
    assert sound is None or read_sound(sound.content) == sound  # what was taken over is taken over whole
