"""Sounds by their content, not by what was said of them, and without what else was put into the file.

WAVE and MP3 only: what Twilio plays ("TwiML Voice: <Play>", supported audio file types) and records. A file is read
by walking through it; what isn't sound (tags, pictures, places, a second file behind the first) isn't taken over.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

WAVE, MP3 = "audio/wav", "audio/mpeg"
_RIFF_HEADER, _CHUNK_HEADER = 12, 8
_FORMAT_BYTES = (16, 18, 40)  # the lengths that a WAVE format chunk can have
_LAYOUT = (
    (2, 2),
    (4, 4),
    (12, 2),
)  # where channels, samples a second and bytes a sample stand, and their lengths
_MOST_CHANNELS, _HIGHEST_RATE = 8, 192_000
_ID3_HEADER, _ID3_FOOTER_FLAG = 10, 0x10
_FEWEST_FRAMES = 2  # one frame's header can be there by chance
_TAILS = (b"TAG", b"APETAGEX", b"LYRICSBEGIN", b"ID3", b"3DI")
# Kilobits a second of layer III by the index in a frame's header, for MPEG 1 and for MPEG 2 and 2.5.
_BIT_RATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BIT_RATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_SAMPLE_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound and nothing else. `content_type` is WAVE or MP3."""

    content_type: str
    content: bytes


def read_sound(content: bytes) -> Sound | None:
    """The sound in a file, without anything else that was in it; None for what isn't one whole WAVE or MP3."""
    if wave := _wave(content):
        return Sound(WAVE, wave)
    if frames := _mp3(content):
        return Sound(MP3, frames)
    return None


def _wave(content: bytes) -> bytes | None:
    """Format and samples in a file of their own."""
    if content[:4] != b"RIFF" or content[8:_RIFF_HEADER] != b"WAVE":
        return None
    chunks: dict[bytes, bytes] = {}
    for name, body in _chunks(content):
        chunks.setdefault(name, body)
    layout, samples = chunks.get(b"fmt ", b""), chunks.get(b"data", b"")
    if not samples or not _is_possible(layout):
        return None
    kept = [(b"fmt ", layout), *((name, chunks[name][:4]) for name in (b"fact",) if name in chunks)]
    body = b"WAVE" + b"".join(_chunk(name, part) for name, part in [*kept, (b"data", samples)])
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Names and bodies; a last one that is cut, as a call that ends leaves it, goes as far as the file."""
    at = _RIFF_HEADER
    while at + _CHUNK_HEADER <= len(content):
        name, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        at += _CHUNK_HEADER
        yield name, content[at : at + size]
        at += size + size % 2


def _is_possible(layout: bytes) -> bool:
    if len(layout) not in _FORMAT_BYTES:
        return False
    channels, rate, alignment = (int.from_bytes(layout[at : at + size], "little") for at, size in _LAYOUT)
    return 0 < channels <= _MOST_CHANNELS and 0 < rate <= _HIGHEST_RATE and alignment > 0


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _mp3(content: bytes) -> bytes | None:
    """The frames in a row; None where something unknown follows them: the sound may go on behind it."""
    start = at = _first_frame(content)
    count = 0
    while (length := _frame_length(content, at)) and at + length <= len(content):
        at, count = at + length, count + 1
    is_whole = (
        not content[at:].strip(b"\0") or content.startswith(_TAILS, at) or _frame_length(content, at) > 0
    )
    return content[start:at] if count >= _FEWEST_FRAMES and is_whole else None


def _first_frame(content: bytes) -> int:
    """Where the frames begin: behind tags and the zeros that some programs leave."""
    at = 0
    while content[at : at + 3] == b"ID3" and at + _ID3_HEADER <= len(content):
        size = 0
        for seven_bits in content[at + 6 : at + _ID3_HEADER]:
            size = size << 7 | seven_bits & 0x7F
        footer = _ID3_HEADER if content[at + 5] & _ID3_FOOTER_FLAG else 0
        at += _ID3_HEADER + size + footer
    while at < len(content) and content[at] == 0:
        at += 1
    return at


def _frame_length(content: bytes, at: int) -> int:
    """Bytes of the layer III frame whose header stands there; 0 for none."""
    header = int.from_bytes(content[at : at + 4], "big")
    version, layer = header >> 19 & 3, header >> 17 & 3
    bit_rate, sample_rate = header >> 12 & 15, header >> 10 & 3
    is_frame = at + 4 <= len(content) and header >> 21 == 0x7FF and layer == 1 and version in _SAMPLE_RATES
    if not is_frame or bit_rate in {0, 15} or sample_rate == 3:
        return 0
    rates, slots = (_BIT_RATES_1, 144) if version == 3 else (_BIT_RATES_2, 72)
    return slots * rates[bit_rate] * 1000 // _SAMPLE_RATES[version][sample_rate] + (header >> 9 & 1)
