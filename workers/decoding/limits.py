"""What the reading process may use. Set before any decoder is loaded, so that no file can raise them again."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

MEMORY_BYTES = 1536 * 1024 * 1024  # of addresses: a picture of fifty million pixels takes half of it
PROCESSOR_SECONDS = 560
OPEN_FILES = 64  # libraries and their tables
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVILEGES = 1, 38  # linux/prctl.h


def confine() -> None:
    """Bound memory and processor time; no file may be written, no core dumped, nothing outlives the worker."""
    for limit, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_AS, MEMORY_BYTES),
    ):
        resource.setrlimit(limit, (value, value))
    if sys.platform == "linux":
        library = ctypes.CDLL(None)
        library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        library.prctl(_PR_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    os.umask(0o077)
