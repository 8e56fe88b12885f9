"""A film of 80 MB goes through a process that is far smaller, whichever way it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import psutil
import pytest
import requests

from app.database import db
from app.settings import Settings
from tests.integration.files.conftest import PATCH_TYPE, sqlite_only, stored

MOST_MEMORY_BYTES = 170 * 1024**2  # 125 MB at rest, so that keeping the film would show
LARGE_BYTES = 80 * 1024**2
LOOK_EVERY_BYTES = 1 << 22
PATIENCE_SECONDS = 300
BOUNDARY = "a-boundary"
HEAD = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n'


@dataclass
class Memory:
    """The most memory that one of a server's processes had."""

    master: psutil.Process
    most_bytes: int = 0

    def look(self) -> None:
        """Look at each of them."""
        for process in [self.master, *self.master.children(recursive=True)]:
            self.most_bytes = max(self.most_bytes, process.memory_info().rss)


@dataclass
class Film:
    """A body that is nowhere in memory, and looks at the server's while it is read."""

    memory: Memory
    before: bytes = b""
    after: bytes = b""
    sent: int = field(default=0)

    def __len__(self) -> int:
        return len(self.before) + LARGE_BYTES + len(self.after)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.read, b"")

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        size = min(size if size >= 0 else 1 << 16, len(self) - self.sent)
        part = self._at(self.sent, size)
        if self.sent // LOOK_EVERY_BYTES != (self.sent + len(part)) // LOOK_EVERY_BYTES or not part:
            self.memory.look()
        self.sent += len(part)
        return part

    def _at(self, start: int, size: int) -> bytes:
        if start < len(self.before):
            return self.before[start : start + size]
        end = len(self.before) + LARGE_BYTES
        if start < end:
            return b"\r\n-" * (min(size, end - start) // 3) or b"x"
        return self.after[start - end : start - end + size]


@pytest.mark.slow
@sqlite_only
@pytest.mark.parametrize("way", ["tus", "form"])
def test_a_long_film_passes_through_a_small_process(
    gunicorn: Callable[[], tuple[str, int]], form_token: str, settings: Settings, way: str
) -> None:
    server, master = gunicorn()
    db.session.remove()  # nobody else has the file open
    memory = Memory(psutil.Process(master))
    send = {"tus": by_tus, "form": by_form}[way]
    send(server, form_token, memory)
    assert [(upload.is_complete, upload.received) for upload in stored()] == [(True, LARGE_BYTES)]
    assert 0 < memory.most_bytes < MOST_MEMORY_BYTES


def by_tus(server: str, form_token: str, memory: Memory) -> None:
    """In one request, as large as it gets."""
    said = {"Tus-Resumable": "1.0.0", "Seere-Form": form_token, "Upload-Length": str(LARGE_BYTES)}
    address = server + requests.post(f"{server}/files", headers=said, timeout=30).headers["Location"]
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": PATCH_TYPE}
    answer = requests.patch(address, data=Film(memory), headers=headers, timeout=PATIENCE_SECONDS)
    assert answer.status_code == 204


def by_form(server: str, form_token: str, memory: Memory) -> None:
    """With the text, as a browser without script sends it."""
    fields = {"token": form_token, "text": "Un film.", "lang": "fr"}
    before = "".join(HEAD % (name, "") + f"{value}\r\n" for name, value in fields.items())
    film = Film(
        memory,
        (before + HEAD % ("files", '; filename="film.mp4"')).encode(),
        f"\r\n--{BOUNDARY}--\r\n".encode(),
    )
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    answer = requests.post(server, data=film, headers=kind, timeout=PATIENCE_SECONDS)
    assert answer.status_code == 201
