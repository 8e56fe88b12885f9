"""The process that reads files may crash, hang, eat memory or lie: the worker goes on and believes nothing."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.workers.attachments.made import photo
from workers.attachments import sandbox
from workers.attachments.originals import Damaged, Original, PiecewiseFile, of_bytes
from workers.decoding.findings import COPY_TYPES, Caution, Findings
from workers.decoding.limits import MEMORY_BYTES


def acting(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Let the reading process do this instead."""
    monkeypatch.setattr(sandbox, "COMMAND", (sys.executable, "-c", code))


def answering(
    monkeypatch: pytest.MonkeyPatch, told: object, copy: bytes = b"", preview: bytes = b""
) -> Findings:
    """Let the reading process say this whatever it is asked; what the worker takes of it."""
    encoded = told if isinstance(told, bytes) else json.dumps(told).encode()
    parts = b"D" + b"".join(struct.pack(">I", len(part)) + part for part in (encoded, copy, preview))
    acting(
        monkeypatch, f"import sys; sys.stdout.buffer.write({parts!r}); sys.stdout.flush(); sys.stdin.read()"
    )
    return sandbox.examined(of_bytes(b"anything"), seconds=20)


HONEST = {
    "content_type": "image/png",
    "caution": "",
    "details": {"Author": "x"},
    "rectangles": [[0.1, 0.1, 0.2, 0.2]],
    "face_count": 1,
    "copy_type": "image/png",
}


def test_an_honest_answer_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    found = answering(monkeypatch, HONEST, b"copy", b"preview")
    assert found.copy is not None
    assert (found.copy.content, found.preview, found.details) == (b"copy", b"preview", {"Author": "x"})


@pytest.mark.parametrize(
    "lie",
    [
        {"copy_type": "text/html"},
        {"copy_type": "image/svg+xml"},
        {"content_type": "x" * 100},
        {"content_type": "a/b\r\nSet-Cookie: x"},
        {"caution": "all is well"},
        {"rectangles": [[0, 0, 5, 5]]},
        {"rectangles": [[0, 0, 1]] * 3},
        {"rectangles": [[0.1, 0.1, 0.2, 0.2]] * 1000},
        {"rectangles": "no"},
        {"details": ["x"]},
        {"details": None},
    ],
)
def test_a_lie_is_taken_for_a_crash(monkeypatch: pytest.MonkeyPatch, lie: dict[str, object]) -> None:
    found = answering(monkeypatch, {**HONEST, **lie}, b"copy")
    assert (found.caution, found.copy) == (Caution.CRASHED, None)


@pytest.mark.parametrize("told", [b"no JSON", b"[]", b"{}"])
def test_so_is_nonsense(monkeypatch: pytest.MonkeyPatch, told: bytes) -> None:
    assert answering(monkeypatch, told).caution == Caution.CRASHED


def test_a_crash_is_told_and_nothing_else_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    acting(monkeypatch, "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    assert sandbox.examined(of_bytes(b"x"), seconds=20) == Findings(caution=Caution.CRASHED)


def test_what_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    acting(monkeypatch, "while True: pass")
    began = time.monotonic()
    assert sandbox.examined(of_bytes(b"x"), seconds=1).caution == Caution.TOO_SLOW
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "asked", [b"R" + struct.pack(">QI", 0, 2**31), b"D" + struct.pack(">I", 2**31), b"?"]
)
def test_too_much_at_once_is_refused(monkeypatch: pytest.MonkeyPatch, asked: bytes) -> None:
    acting(
        monkeypatch,
        f"import sys; sys.stdout.buffer.write({asked!r}); sys.stdout.flush(); sys.stdin.read()",
    )
    assert sandbox.examined(of_bytes(b"x"), seconds=20).caution == Caution.CRASHED


def test_an_original_that_cant_be_read_on_is_no_fault_of_the_file() -> None:
    def torn(_number: int) -> bytes:
        raise Damaged

    file = PiecewiseFile([0], 1000, torn)
    with pytest.raises(Damaged):
        sandbox.examined(Original(file, 1000, bytes(32)), seconds=20)  # type: ignore[arg-type]


def test_no_key_and_no_setting_reaches_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEERE_INTAKE_PRIVATE_KEY", "a secret")
    code = "import os, sys; sys.exit(any('SEERE' in name or 'HOME' in name for name in os.environ))"
    monkeypatch.setattr(sandbox, "COMMAND", (sys.executable, "-c", code))
    with sandbox._process() as process:
        assert process.wait(20) == 0


def test_the_process_confines_itself() -> None:
    """Beyond its memory it gets none, and it can write no file."""
    code = f"""
import os, resource, sys
from workers.decoding.limits import confine
confine()
try:
    bytearray({MEMORY_BYTES})
    sys.exit(1)
except MemoryError:
    pass
assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
assert resource.getrlimit(resource.RLIMIT_FSIZE) == (0, 0)
"""
    environment = dict(sandbox._ENVIRONMENT)
    assert (
        subprocess.run([sys.executable, "-c", code], env=environment, check=False, timeout=60).returncode == 0
    )


def test_nothing_of_the_file_is_written_to_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setitem(sandbox._ENVIRONMENT, "TMPDIR", str(tmp_path))
    assert sandbox.examined(of_bytes(photo()), seconds=60).copy is not None
    assert list(tmp_path.iterdir()) == []


def test_only_kinds_that_run_nothing_are_ever_copies() -> None:
    assert not {each for each in COPY_TYPES if "svg" in each or "html" in each or "xml" in each}
