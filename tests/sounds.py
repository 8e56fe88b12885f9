"""Small sounds for tests: real WAVE, MP3, Opus and AMR files, made here."""

from __future__ import annotations

import io
import math
import struct
import wave

MP3_FRAME = bytes([0xFF, 0xFB, 0x90, 0x00]) + b"\x55" * 413  # MPEG 1, layer III, 128 kbit/s, 44.1 kHz


def wave_file(seconds: float = 0.1) -> bytes:
    """A tone of 440 Hz as a telephone has it: 8 kHz, mono, 16 bits."""
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(
            b"".join(
                struct.pack("<h", round(9000 * math.sin(at * 440 * math.tau / 8000)))
                for at in range(round(8000 * seconds))
            )
        )
    return written.getvalue()


def mp3_file(frames: int = 4) -> bytes:
    """Frames without tags."""
    return MP3_FRAME * frames


def ogg_page(body: bytes, number: int, serial: int = 7, kind: int = 0) -> bytes:
    """One page of a stream, with a right checksum."""
    lengths = [255] * (len(body) // 255) + [len(body) % 255]
    header = b"OggS" + struct.pack("<BBqIIIB", 0, kind, number * 960, serial, number, 0, len(lengths))
    page = bytearray(header + bytes(lengths) + body)
    page[22:26] = struct.pack("<I", ogg_checksum(bytes(page)))
    return bytes(page)


def ogg_checksum(page: bytes) -> int:
    """RFC 3533's checksum, bit by bit, of a page whose own is zero."""
    remainder = 0
    for bit in range(len(page) * 8):
        incoming = page[bit // 8] >> (7 - bit % 8) & 1
        outgoing = remainder >> 31
        remainder = (remainder << 1 & 0xFFFFFFFF) ^ (0x04C11DB7 if incoming ^ outgoing else 0)
    return remainder


def opus_file(tags: bytes = b"") -> bytes:
    """A voice note with a comment."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48000, 0, 0)
    comment = tags or b"ARTIST=Someone"
    body = b"OpusTags" + struct.pack("<I", 4) + b"prog" + struct.pack("<II", 1, len(comment)) + comment
    sound = ogg_page(b"\xfc\xff\xfe" * 20, 2) + ogg_page(b"\xfc\x01\x02" * 20, 3, kind=4)
    return ogg_page(head, 0, kind=2) + ogg_page(body, 1) + sound


def amr_file() -> bytes:
    """Three frames of 12.2 kbit/s."""
    return b"#!AMR\n" + (b"\x3c" + b"\x42" * 31) * 3
