"""Bringing a file by SFTP: to the address that was looked at, to the host that was pinned, and whole or not at all.

It is written under another name, taken up again where a connection broke, and gets its own name when it is complete.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import asyncssh

from app.notifications.addresses import AddressRefused, public_address
from workers.deliveries.opened_target import CannotDeliver, OpenedTarget, refused

CONNECT_SECONDS = 20
WHOLE_SECONDS = 600
_PIECE_BYTES = 256 * 1024
_COMPARED_BYTES = 64 * 1024  # at the end of what is there already, before it is gone on with
_PARTIAL = ".part"


def bring(target: OpenedTarget, file: Path, name: str, *, allows_loopback: bool = False) -> None:
    """Put a file under `name` into the target's folder. Raises CannotDeliver."""
    _run(_bring(target, file, name, allows_loopback))


def look(target: OpenedTarget, *, allows_loopback: bool = False) -> None:
    """Sign in and look whether the folder is there. Raises CannotDeliver."""
    _run(_look(target, allows_loopback))


def _run(wanted: Any) -> None:
    """Every error as a code: what a server says is never kept."""
    try:
        with ThreadPoolExecutor(1) as apart:  # a loop of its own, whatever else runs in the caller's thread
            apart.submit(asyncio.run, asyncio.wait_for(wanted, WHOLE_SECONDS)).result()
    except AddressRefused as error:
        raise refused(error) from error
    except asyncssh.HostKeyNotVerifiable as error:
        raise CannotDeliver("host_key", is_final=True) from error
    except asyncssh.PermissionDenied as error:
        raise CannotDeliver("login", is_final=True) from error
    except (asyncssh.KeyImportError, ValueError) as error:
        raise CannotDeliver("secret", is_final=True) from error
    except (asyncssh.SFTPPermissionDenied, asyncssh.SFTPNoSuchFile) as error:
        raise CannotDeliver("folder") from error
    except asyncssh.SFTPError as error:
        raise CannotDeliver("not_taken") from error
    except TimeoutError as error:
        raise CannotDeliver("timeout") from error
    except (asyncssh.Error, OSError) as error:
        raise CannotDeliver("unreachable") from error


@asynccontextmanager
async def _session(target: OpenedTarget, allows_loopback: bool) -> AsyncIterator[asyncssh.SFTPClient]:
    host, port = str(target.address["host"]), int(target.address["port"])
    key = target.secret.get("private_key")
    connection = asyncssh.connect(
        public_address(host, port, allows_loopback=allows_loopback),
        port,
        username=target.secret["user"],
        password=target.secret.get("password") or None,
        client_keys=[asyncssh.import_private_key(key)] if key else None,
        known_hosts=([asyncssh.import_public_key(target.pinned)], [], []),
        agent_path=None,
        config=None,  # nothing of whoever runs the worker
        connect_timeout=CONNECT_SECONDS,
        login_timeout=CONNECT_SECONDS,
        keepalive_interval=CONNECT_SECONDS,
    )
    async with connection as connected, connected.start_sftp_client() as client:
        yield client


async def _look(target: OpenedTarget, allows_loopback: bool) -> None:
    async with _session(target, allows_loopback) as client:
        if not await client.isdir(str(_folder(target))):
            raise CannotDeliver("folder")


async def _bring(target: OpenedTarget, file: Path, name: str, allows_loopback: bool) -> None:
    final = _folder(target) / name
    partial = str(final.with_name("." + name + _PARTIAL))
    size = file.stat().st_size
    async with _session(target, allows_loopback) as client:
        if await _size(client, str(final)) == size and await _ends_alike(client, str(final), file, size):
            return  # an earlier try brought it and could not say so any more
        await _write(client, partial, file, await _begin_at(client, partial, file))
        if await _size(client, partial) != size:
            raise CannotDeliver("not_taken")
        await _rename(client, partial, str(final))


def _folder(target: OpenedTarget) -> PurePosixPath:
    return PurePosixPath(str(target.address.get("folder") or "."))


async def _size(client: asyncssh.SFTPClient, path: str) -> int | None:
    with contextlib.suppress(asyncssh.SFTPNoSuchFile):
        return (await client.stat(path)).size
    return None


async def _begin_at(client: asyncssh.SFTPClient, partial: str, file: Path) -> int:
    """Where to go on: after what is there, if that is the beginning of this very file."""
    there = await _size(client, partial) or 0
    if 0 < there <= file.stat().st_size and await _ends_alike(client, partial, file, there):
        return there
    return 0


async def _ends_alike(client: asyncssh.SFTPClient, path: str, file: Path, size: int) -> bool:
    """Whether the last bytes before a place are the same there and here."""
    start = max(0, size - _COMPARED_BYTES)
    async with client.open(path, "rb") as remote:
        theirs: Any = await remote.read(size - start, start)  # bytes, since the file is opened as such
    with file.open("rb") as local:
        local.seek(start)
        return bool(theirs) and theirs == local.read(size - start)


async def _write(client: asyncssh.SFTPClient, partial: str, file: Path, begin_at: int) -> None:
    flags = asyncssh.FXF_WRITE | asyncssh.FXF_CREAT | (0 if begin_at else asyncssh.FXF_TRUNC)
    async with client.open(partial, flags, encoding=None) as remote:
        with file.open("rb") as local:
            local.seek(begin_at)
            at = begin_at
            while piece := local.read(_PIECE_BYTES):
                await remote.write(piece, at)
                at += len(piece)


async def _rename(client: asyncssh.SFTPClient, partial: str, final: str) -> None:
    """In one step, over an earlier one of the same name where the server can do that."""
    try:
        await client.posix_rename(partial, final)
    except asyncssh.SFTPOpUnsupported:
        await client.rename(partial, final)
