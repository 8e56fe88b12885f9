"""A real SFTP server on loopback that notes where it was written to, and what it was asked."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

USER, PASSWORD = "seere", "right horse"


@dataclass
class SFTPStandIn:
    """Serves a folder. `offsets` are where pieces were written, in their order, `names` the files opened to write."""

    root: Path
    host_key: asyncssh.SSHKey = field(default_factory=lambda: asyncssh.generate_private_key("ssh-ed25519"))
    port: int = 0
    offsets: list[int] = field(default_factory=list)
    names: list[bytes] = field(default_factory=list)

    @property
    def pinned(self) -> str:
        """Its host key as an administrator pastes it."""
        return self.host_key.export_public_key().decode().strip()


class _Server(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


def _files(stand_in: SFTPStandIn) -> Any:
    class Files(asyncssh.SFTPServer):
        def __init__(self, channel: asyncssh.SSHServerChannel[bytes]) -> None:
            super().__init__(channel, chroot=str(stand_in.root).encode())

        def write(self, file_obj: object, offset: int, data: bytes) -> int:
            stand_in.offsets.append(offset)
            return super().write(file_obj, offset, data)  # type: ignore[return-value]

        def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
            if pflags & asyncssh.FXF_WRITE:
                stand_in.names.append(path)
            return super().open(path, pflags, attrs)

    return Files


@contextmanager
def serving(root: Path) -> Iterator[SFTPStandIn]:
    """The server, for the time of a test."""
    stand_in = SFTPStandIn(root)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    listening = asyncssh.listen(
        "127.0.0.1",
        0,
        server_factory=_Server,
        server_host_keys=[stand_in.host_key],
        sftp_factory=_files(stand_in),
    )
    server = asyncio.run_coroutine_threadsafe(_started(listening), loop).result(10)
    stand_in.port = server.get_port()
    try:
        yield stand_in
    finally:
        asyncio.run_coroutine_threadsafe(_stopped(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _started(listening: Any) -> asyncssh.SSHAcceptor:
    acceptor: asyncssh.SSHAcceptor = await listening
    return acceptor


async def _stopped(server: asyncssh.SSHAcceptor) -> None:
    server.close()
    await server.wait_closed()
