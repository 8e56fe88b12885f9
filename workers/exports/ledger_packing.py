"""The packed forms of what was released: small, and readable by any later version of this program.

A partition is a length, the differences of its ascending case numbers, then their groups, all as little-endian 32-bit
numbers, deflated. 100,000 cases take about a quarter of a megabyte.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from workers.disclosure.differencing import Partition

_NUMBER = np.dtype("<u4")


def packed(partition: Partition) -> bytes:
    """A partition as bytes."""
    steps = np.diff(partition.members, prepend=0)
    head = np.array([len(partition.members)])
    return zlib.compress(np.concatenate([head, steps, partition.groups]).astype(_NUMBER).tobytes())


def unpacked(content: bytes) -> Partition:
    """The partition that was packed. Raises ValueError for anything else."""
    numbers = _numbers(content)
    length = int(numbers[0]) if len(numbers) else -1
    if len(numbers) != 1 + 2 * length:
        raise ValueError("a ledger's content is cut")
    return Partition(np.cumsum(numbers[1 : 1 + length]), numbers[1 + length :])


def _numbers(content: bytes) -> NDArray[np.int64]:
    return np.frombuffer(zlib.decompress(content), _NUMBER).astype(np.int64)
