"""Having a file read by a process of its own, which holds no key and whose answer is doubted.

Whatever a hostile file does there (a crash, a loop, a bomb, code of its own), this worker goes on: it sees a pipe that
ends, kills the process when its time is over, and takes only copies of a few kinds and sizes from it.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import workers
from workers.attachments.originals import Damaged, Original
from workers.decoding.findings import Caution, Findings, Order, Rectangle
from workers.decoding.pipe import BrokenPipe, give_order, serve
from workers.opening import CannotOpen

SECONDS_FOR_FILM = 420.0  # after which its copy ends where it is
SECONDS_FOR_ALL = 540.0  # after which the process is killed
_ROOT = Path(workers.__file__).parents[1]
COMMAND = (sys.executable, "-m", "workers.decoding")
# Nothing of the worker's environment, in which its keys may be; one thread for each library that would take all.
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}


def examined(
    original: Original, rectangles: Sequence[Rectangle] | None = None, *, seconds: float = SECONDS_FOR_ALL
) -> Findings:
    """What a file is, with its copy. Never raises for what is in it.

    Raises CannotOpen and Damaged for how it is kept.
    """
    order = Order(original.size, min(SECONDS_FOR_FILM, seconds), rectangles)
    with _process() as process, _deadline(process, seconds) as is_over:
        try:
            return _asked(process, original, order)
        except (CannotOpen, Damaged):
            raise
        except (OSError, BrokenPipe):
            return Findings(caution=Caution.TOO_SLOW if is_over.is_set() else Caution.CRASHED)


def _asked(process: subprocess.Popen[bytes], original: Original, order: Order) -> Findings:
    questions, answers = cast("BinaryIO", process.stdout), cast("BinaryIO", process.stdin)
    give_order(answers, order)
    return serve(questions, answers, original.file)


@contextmanager
def _process() -> Iterator[subprocess.Popen[bytes]]:
    """The reading process; it is gone afterwards whatever happened."""
    process = subprocess.Popen(  # noqa: S603 - our own module, and nothing of the file in the command
        COMMAND,
        cwd=_ROOT,
        env=_ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # what a library says there may repeat the file
        bufsize=0,
    )
    try:
        yield process
    finally:
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()  # unbuffered: nothing is left to be written
        process.wait()


@contextmanager
def _deadline(process: subprocess.Popen[bytes], seconds: float) -> Iterator[threading.Event]:
    """Kill the process when its time is over; the event says whether that was so."""
    is_over = threading.Event()

    def end() -> None:
        is_over.set()
        process.kill()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield is_over
    finally:
        timer.cancel()
