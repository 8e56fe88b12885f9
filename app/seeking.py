"""A file that is read from any place, whatever its content is put together from."""

from __future__ import annotations

import io


class SeekableFile(io.RawIOBase):
    """What is read one part at a time: its subclass says in `readinto` what stands at `_at`, of `_size` bytes."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size, self._at = size, 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place; before the beginning there is none."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at
