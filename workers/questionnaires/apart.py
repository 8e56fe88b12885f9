"""Reading a workbook in a process of its own, which has no keys, little memory and little time.

Run as a module it is that process: the file on standard input, the outcome as JSON on standard output.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from typing import Any

from workers.questionnaires.problems import Problem

SECONDS = 20  # of computing
PATIENCE_SECONDS = 60  # by the clock, on a machine that has other work
MEMORY_BYTES = 1536 * 1024 * 1024  # of address space, most of it the interpreter's and its libraries'
LARGEST_OUTCOME_BYTES = 4 * 1024 * 1024


def read_apart(data: bytes) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """The questionnaire's JSON (None if it can't be used) and the problems or notes of a workbook."""
    command = [sys.executable, "-m", "workers.questionnaires.apart"]
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module, nothing from outside
            command, input=data, capture_output=True, env=environment, timeout=PATIENCE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return None, [Problem("too_much_work").as_record()]
    if done.returncode != 0 or len(done.stdout) > LARGEST_OUTCOME_BYTES:
        return None, [Problem("too_much_work").as_record()]
    outcome = json.loads(done.stdout)
    return outcome["document"], outcome["problems"]


def main() -> None:
    """Read what comes in, and say what it was."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    from workers.questionnaires.xlsform import read  # under the limits already

    reading = read(sys.stdin.buffer.read())
    outcome = {
        "document": reading.document,
        "problems": [problem.as_record() for problem in reading.problems],
    }
    sys.stdout.write(json.dumps(outcome))


if __name__ == "__main__":
    main()
