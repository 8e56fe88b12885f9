"""The process itself: confined first, then one file, then the end."""

from __future__ import annotations

import io
import os
import sys

from workers.decoding.limits import confine


def main() -> None:
    """Take an order from standard input, read the file through it, say on standard output what was found."""
    confine()
    from workers.decoding import pipe

    questions = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what libraries print goes nowhere
    answers = sys.stdin.buffer
    order = pipe.take_order(answers)
    from workers.decoding.reading import read

    file = io.BufferedReader(pipe.RemoteFile(questions, answers, order.size), 256 * 1024)
    pipe.give_findings(questions, read(file, order))


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # libraries that a hostile file left in disorder needn't clean up
