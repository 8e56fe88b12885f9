"""Films and sounds decoded and encoded anew: what is seen and heard, and no title, place, device, text or attachment.

A copy ends where its time, its bytes or the time for making it run out; it is then marked as shortened.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction
from io import BytesIO
from typing import Any, BinaryIO, NoReturn

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from workers.decoding import details
from workers.decoding.film_writing import AudioLane, VideoLane, budget_for
from workers.decoding.findings import LARGEST_COPY_BYTES, CannotCopy, Caution, Copy, Findings
from workers.decoding.kinds import Kind
from workers.decoding.pictures import preview

MOST_SECONDS = 600.0  # of a film; a sound may go on until its bytes are used up
LONGEST_SOUND_SECONDS = 2 * 3600.0
MOST_PIXELS = 4096 * 2304
_ROOM_AT_END = 1024 * 1024  # for the table of frames, which is written last
_MOST_BROKEN = 200  # packets that can't be decoded, before the rest is given up
# Of FFmpeg's hundreds of decoders those that phones and messengers use; the others stay out of reach.
_VIDEO_CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "h263", "mjpeg"})
_AUDIO_CODECS = frozenset(
    {"aac", "mp3", "opus", "vorbis", "amr_nb", "amr_wb", "flac", "alac"}
    | {"pcm_s16le", "pcm_s16be", "pcm_u8", "pcm_s24le", "pcm_f32le", "pcm_alaw", "pcm_mulaw", "adpcm_ima_wav"}
)
_OPTIONS = {"probesize": "4000000", "analyzeduration": "5000000", "protocol_whitelist": "none"}


def examined(file: BinaryIO, kind: Kind, until: float) -> Findings:
    """A film's or a sound's copy, made until a moment at most (monotonic seconds). Raises CannotCopy."""
    try:
        with _opened(file, kind) as source:
            return _findings(source, kind, until)
    except CannotCopy:
        raise
    except MemoryError:
        raise CannotCopy(Caution.TOO_LARGE) from None
    except Exception:  # noqa: BLE001 - demuxers and codecs raise anything on a hostile file
        raise CannotCopy(Caution.DAMAGED) from None


def said(file: BinaryIO, kind: Kind) -> dict[str, str]:
    """What the tags of a film or sound say; nothing where they can't be read."""
    try:
        with _opened(file, kind) as source:
            return details.bounded(_tags(source))
    except Exception:  # noqa: BLE001 - as above
        return {}


def _opened(file: BinaryIO, kind: Kind) -> InputContainer:
    file.seek(0)
    return av.open(
        file,
        "r",
        format=kind.demuxer,
        options=_OPTIONS,
        metadata_errors="replace",
        io_open=_refuse,
    )


def _refuse(*_arguments: object) -> NoReturn:
    """A file that names other files or addresses gets none of them."""
    raise PermissionError


def _findings(source: InputContainer, kind: Kind, until: float) -> Findings:
    video, audio = _video(source), _audio(source)
    if video is None and audio is None:
        raise CannotCopy(Caution.UNKNOWN_KIND)
    recoding = _Recoding(source, video, audio)
    recoding.run(until)
    main = "video" if video else "audio"
    return Findings(
        content_type=f"{main}/{kind.content_type.partition('/')[2]}",
        caution=Caution.SHORTENED if recoding.is_shortened else Caution.NONE,
        copy=Copy(f"{main}/mp4", recoding.content()),
        preview=recoding.preview,
        details=details.bounded(_tags(source)),
    )


def _video(source: InputContainer) -> VideoStream | None:
    """The first moving picture that may be decoded; a cover is none. Raises CannotCopy for too large a one."""
    for stream in source.streams.video:
        is_cover = bool(stream.disposition & av.stream.Disposition.attached_pic)
        if not is_cover and stream.codec_context.codec.canonical_name in _VIDEO_CODECS:
            if not 0 < stream.width * stream.height <= MOST_PIXELS:
                raise CannotCopy(Caution.TOO_LARGE)
            return stream
    return None


def _audio(source: InputContainer) -> AudioStream | None:
    for stream in source.streams.audio:
        if stream.codec_context.codec.canonical_name in _AUDIO_CODECS:
            return stream
    return None


def _tags(source: InputContainer) -> Iterator[tuple[object, object]]:
    """What the container and its streams say, and how long it is."""
    yield from source.metadata.items()
    for stream in source.streams:
        for name, value in stream.metadata.items():
            yield f"{stream.type} {stream.index}: {name}", value
    for number, chapter in enumerate(source.chapters()):
        for name, value in chapter["metadata"].items():
            yield f"chapter {number + 1}: {name}", value
    if source.duration:
        yield "seconds", f"{source.duration / av.time_base:.1f}"


class _Recoding:
    """One film on its way into a new file."""

    def __init__(self, source: InputContainer, video: VideoStream | None, audio: AudioStream | None) -> None:
        self.is_shortened, self.preview = False, b""
        self._source, self._written = source, BytesIO()
        self._target = av.open(self._written, "w", format="mp4", options={"fflags": "bitexact"})
        self._longest = MOST_SECONDS if video else LONGEST_SOUND_SECONDS
        seconds = min((source.duration or 0) / av.time_base or self._longest, self._longest)
        origin = Fraction(source.start_time or 0, av.time_base)
        self._video = VideoLane(self._target, video, budget_for(seconds), origin) if video else None
        self._audio = AudioLane(self._target, audio, origin, self._video) if audio else None
        self._lanes = [lane for lane in (self._video, self._audio) if lane]
        self._broken = 0

    def run(self, until: float) -> None:
        """Decode and encode until the end, or until something runs out. Raises CannotCopy where nothing came out."""
        for packet in self._source.demux([lane.source for lane in self._lanes]):
            if self._is_over(until):
                self.is_shortened = True
                break
            self._take(packet)
        for lane in self._lanes:
            lane.finish()
        if not self._lanes[0].has_content:
            raise CannotCopy(Caution.DAMAGED)
        self._target.close()

    def _is_over(self, until: float) -> bool:
        reached = max(lane.reached for lane in self._lanes)
        is_full = self._written.tell() > LARGEST_COPY_BYTES - _ROOM_AT_END
        return is_full or reached > self._longest or time.monotonic() > until or self._broken > _MOST_BROKEN

    def _take(self, packet: av.Packet[Any]) -> None:
        try:
            frames: list[Any] = list(packet.decode())
        except av.FFmpegError:
            self._broken += 1
            return
        for frame in frames:
            if self._video and packet.stream is self._video.source:
                self.preview = self.preview or preview(frame.to_image().rotate(frame.rotation, expand=True))
                self._video.take(frame)
            elif self._audio:
                self._audio.take(frame)

    def content(self) -> bytes:
        """The new file. Raises CannotCopy if it grew too large after all."""
        content = self._written.getvalue()
        if len(content) > LARGEST_COPY_BYTES:
            raise CannotCopy(Caution.TOO_LARGE)
        return content
