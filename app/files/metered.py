"""A source of bytes that counts what is read from it."""

from __future__ import annotations

from app.intake.upload_limits import Meter
from app.intake.uploads import ByteSource


class Metered:
    """Gives what another source gives, as long as the meter runs."""

    def __init__(self, source: ByteSource, meter: Meter) -> None:
        self._source = source
        self._meter = meter

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end. Raises UploadRefused("too_many")."""
        part = self._source.read(size)
        self._meter.count(len(part))
        return part
