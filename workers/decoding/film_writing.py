"""Writing the pictures and the sound of a film's copy: small, upright, in formats that every browser plays."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from av import Packet
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from workers.decoding.findings import LARGEST_COPY_BYTES

_CLOCK = Fraction(1, 1000)  # pictures are timed in milliseconds
_LEAST_BETWEEN = 30  # of them: at most 33 pictures a second
_SOUND_RATE, _SOUND_BITS = 44_100, 64_000  # samples and bits a second, one channel
_FEWEST_BITS, _MOST_BITS = 200_000, 1_200_000  # a second, of pictures
_SHORT_SIDE, _SHORT_SIDE_WHEN_LONG = 480, 360  # pixels
_LONGEST_SIDE = 1280  # of a picture that is nearly a line
_BITS_FOR_LARGE = 400_000
_LATEST_SOUND = 5.0  # seconds by which the sound may begin later than the film
_QUARTER_TURN = 90  # degrees


def budget_for(seconds: float) -> int:
    """Bits a second that the pictures of a film of this length may take, so that the copy holds all of it."""
    bits = LARGEST_COPY_BYTES * 0.85 * 8 / max(seconds, 1.0) - _SOUND_BITS
    return int(min(max(bits, _FEWEST_BITS), _MOST_BITS))


class VideoLane:
    """The pictures of a film."""

    def __init__(self, target: OutputContainer, source: VideoStream, bits: int, origin: Fraction) -> None:
        self.source = source
        self.reached = 0.0  # seconds of the film
        self.has_content = False
        self._target, self._bits, self._origin = target, bits, origin
        self._stream = target.add_stream("libx264", rate=30, options=self._options())
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = _CLOCK
        self._last = -_LEAST_BETWEEN

    def _options(self) -> dict[str, str]:
        limits = {"crf": "28", "maxrate": str(self._bits), "bufsize": str(self._bits * 2)}
        return {"preset": "veryfast", "threads": "1", **limits}

    def take(self, frame: VideoFrame) -> None:
        """Put one picture in, unless it comes out of turn or too soon after the last."""
        at = round((_moment(frame) - self._origin) / _CLOCK)
        self.reached = max(self.reached, at / 1000)
        if at < max(0, self._last + _LEAST_BETWEEN):
            return
        self._last = at
        drawn = self._drawn(frame)
        drawn.pts, drawn.time_base = at, _CLOCK
        self._target.mux(self._stream.encode(drawn))

    def _drawn(self, frame: VideoFrame) -> VideoFrame:
        """The picture upright and small, with nothing but its pixels. The first one decides the size of all."""
        turns = round(frame.rotation / _QUARTER_TURN)  # against the clock
        if not self.has_content:
            width, height = self._size(frame)
            self._stream.width, self._stream.height = (height, width) if turns % 2 else (width, height)
            self.has_content = True
        width, height = self._stream.width, self._stream.height
        small = frame.reformat(*((height, width) if turns % 2 else (width, height)), format="rgb24")
        pixels = np.ascontiguousarray(np.rot90(small.to_ndarray(), turns), dtype=np.uint8)
        return VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="yuv420p")

    def _size(self, frame: VideoFrame) -> tuple[int, int]:
        """Pixels of the copy: even numbers, never larger than the original."""
        short = _SHORT_SIDE if self._bits >= _BITS_FOR_LARGE else _SHORT_SIDE_WHEN_LONG
        sides = frame.width, frame.height
        scale = min(1.0, short / min(sides), _LONGEST_SIDE / max(sides))
        return max(2, round(sides[0] * scale / 2) * 2), max(2, round(sides[1] * scale / 2) * 2)

    def finish(self) -> None:
        """Write what the encoder still holds."""
        if self.has_content:
            self._target.mux(self._stream.encode(None))


class AudioLane:
    """The sound of a film, or a sound by itself: one channel, one after the other without gaps.

    The header is written with the first packet, and needs the size of the pictures: until there is one,
    packets are held.
    """

    def __init__(
        self, target: OutputContainer, source: AudioStream, origin: Fraction, pictures: VideoLane | None
    ) -> None:
        self.source = source
        self.reached = 0.0  # seconds
        self.has_content = False
        self._target, self._origin, self._pictures = target, origin, pictures
        self._stream = target.add_stream("aac", rate=_SOUND_RATE, layout="mono", bit_rate=_SOUND_BITS)
        self._resampler = AudioResampler(format="fltp", layout="mono", rate=_SOUND_RATE)
        self._samples = 0  # put in so far, with the silence before the first
        self._held: list[Packet[AudioStream]] = []

    def take(self, frame: AudioFrame) -> None:
        """Put some sound in."""
        if not self.has_content:
            delay = min(max(float(_moment(frame) - self._origin), 0.0), _LATEST_SOUND)
            self._samples = round(delay * _SOUND_RATE)
            self.has_content = True
        frame.pts = None
        self._encode(self._resampler.resample(frame))

    def _encode(self, frames: list[AudioFrame]) -> None:
        for frame in frames:
            frame.pts, frame.time_base = self._samples, Fraction(1, _SOUND_RATE)
            self._samples += frame.samples
            self._mux(self._stream.encode(frame))
        self.reached = self._samples / _SOUND_RATE

    def _mux(self, packets: list[Packet[AudioStream]]) -> None:
        self._held += packets
        if self._pictures is None or self._pictures.has_content:
            self._target.mux(self._held)
            self._held = []

    def finish(self) -> None:
        """Write what the encoder still holds."""
        if self.has_content:
            self._encode(self._resampler.resample(None))
            self._mux(self._stream.encode(None))


def _moment(frame: VideoFrame | AudioFrame) -> Fraction:
    """When a frame is due, in seconds of the file's own clock; its beginning where it doesn't say."""
    if frame.pts is None or frame.time_base is None:
        return Fraction(0)
    return frame.pts * Fraction(frame.time_base)
