"""Voice notes and recordings: taken over frame by frame where that leaves everything else behind, else encoded anew."""

from __future__ import annotations

from typing import BinaryIO

from app.intake.sound import Sound, read_sound
from workers.decoding import films
from workers.decoding.findings import LARGEST_COPY_BYTES, Copy, Findings
from workers.decoding.kinds import Kind
from workers.decoding.voice_notes import read_voice_note


def examined(file: BinaryIO, size: int, kind: Kind) -> Findings | None:
    """A sound's copy of the same frames; None for what isn't one whole small WAVE, MP3, Opus or AMR file."""
    sound = _sound(file, size)
    if sound is None:
        return None
    copy = Copy(sound.content_type, sound.content)
    return Findings(content_type=sound.content_type, copy=copy, details=films.said(file, kind))


def _sound(file: BinaryIO, size: int) -> Sound | None:
    if size > LARGEST_COPY_BYTES:
        return None
    file.seek(0)
    content = file.read(size)
    return read_sound(content) or read_voice_note(content)
