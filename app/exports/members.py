"""Which cases a made file holds: their numbers, packed, as long as the file may be handed out.

Little-endian 32-bit numbers in ascending order, deflated: about a quarter of a megabyte for 100,000 cases.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Sequence


def packed(numbers: Iterable[int]) -> bytes:
    """Numbers of cases as bytes."""
    ordered = sorted(numbers)
    return zlib.compress(struct.pack(f"<{len(ordered)}I", *ordered))


def unpacked(content: bytes) -> Sequence[int]:
    """The numbers that were packed, ascending. Raises ValueError for what is damaged."""
    try:
        plain = zlib.decompress(content)
        return struct.unpack(f"<{len(plain) // 4}I", plain)
    except (zlib.error, struct.error) as error:
        raise ValueError("a file's members are damaged") from error
