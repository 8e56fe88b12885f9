"""A client that others wrote speaks with a real server: whole, cut and resumed, thrown away."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable

import pytest
import requests
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from app.intake.uploads import LARGEST_FILE_BYTES
from app.settings import Settings
from tests.e2e.running import wait_for
from tests.integration.files.conftest import PATCH_TYPE, content, found, sqlite_only

FILM = bytes(range(251)) * 4000
PART_BYTES = 200_000


def client(server: str, form_token: str) -> TusClient:
    """A client as somebody's own program would have it."""
    return TusClient(f"{server}/files", headers={"Seere-Form": form_token})


def token_of(address: str | None) -> str:
    """The part of an upload's address that says which it is."""
    assert address is not None
    return address.rsplit("/", 1)[1]


def kept(settings: Settings, address: str | None) -> bytes:
    """What a worker would open."""
    upload = found(settings, token_of(address))
    assert upload is not None
    return content(upload)


def test_a_whole_file(server: str, form_token: str, settings: Settings) -> None:
    uploader = client(server, form_token).uploader(file_stream=io.BytesIO(FILM), chunk_size=PART_BYTES)
    uploader.upload()
    assert kept(settings, uploader.url) == FILM


@sqlite_only
def test_an_upload_goes_on_in_another_program(server: str, form_token: str, settings: Settings) -> None:
    tus = client(server, form_token)
    first = tus.uploader(file_stream=io.BytesIO(FILM), chunk_size=PART_BYTES)
    first.upload(stop_at=2 * PART_BYTES)
    second = tus.uploader(file_stream=io.BytesIO(FILM), url=first.url, chunk_size=PART_BYTES)
    assert second.offset == 2 * PART_BYTES
    second.upload()
    assert kept(settings, first.url) == FILM


@sqlite_only
def test_what_came_before_a_cut_is_kept(
    gunicorn: Callable[[], tuple[str, int]], form_token: str, settings: Settings
) -> None:
    server, _ = gunicorn()
    tus = client(server, form_token)
    uploader = tus.uploader(file_stream=io.BytesIO(FILM), chunk_size=PART_BYTES)
    uploader.set_url(uploader.create_url())
    _send_and_hang_up(server, uploader.url, FILM, 150_000)
    wait_for(lambda: tus.uploader(file_stream=io.BytesIO(FILM), url=uploader.url).offset >= 100_000, 20)
    resumed = tus.uploader(file_stream=io.BytesIO(FILM), url=uploader.url, chunk_size=PART_BYTES)
    assert resumed.offset <= 150_000
    resumed.upload()
    assert kept(settings, uploader.url) == FILM


def _send_and_hang_up(server: str, address: str | None, file: bytes, sent: int) -> None:
    """Announce the whole file and leave after some of it, as a network that goes away does."""
    host, port = server.removeprefix("http://").split(":")
    head = (
        f"PATCH /files/{token_of(address)} HTTP/1.1\r\nHost: {host}:{port}\r\nTus-Resumable: 1.0.0\r\n"
        f"Upload-Offset: 0\r\nContent-Type: {PATCH_TYPE}\r\nContent-Length: {len(file)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(head.encode() + file[:sent])


@sqlite_only
def test_a_file_larger_than_allowed_or_without_a_page_of_ours_is_refused(
    server: str, form_token: str
) -> None:
    class Enormous(io.BytesIO):
        def tell(self) -> int:
            return LARGEST_FILE_BYTES + 1

    with pytest.raises(TusCommunicationError, match="413"):
        client(server, form_token).uploader(file_stream=Enormous(b"x")).create_url()
    with pytest.raises(TusCommunicationError, match="403"):
        client(server, "").uploader(file_stream=io.BytesIO(FILM)).create_url()


@sqlite_only
def test_a_file_that_was_thrown_away_is_gone(server: str, form_token: str, settings: Settings) -> None:
    tus = client(server, form_token)
    uploader = tus.uploader(file_stream=io.BytesIO(FILM), chunk_size=PART_BYTES)
    uploader.upload(stop_at=PART_BYTES)
    answer = requests.delete(
        f"{server}/files/{token_of(uploader.url)}", headers={"Tus-Resumable": "1.0.0"}, timeout=10
    )
    assert answer.status_code == 204
    assert found(settings, token_of(uploader.url)) is None
    with pytest.raises(TusCommunicationError, match="404"):
        tus.uploader(file_stream=io.BytesIO(FILM), url=uploader.url)
