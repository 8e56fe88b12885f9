"""What the tests of incoming files share: a form's token, what a worker would find, a server on loopback."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from nacl.public import SealedBox
from sqlalchemy import select
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from app.clock import utcnow
from app.database import db, transaction
from app.intake.uploads import chained, token_digest
from app.models import Channel, DeliveryState, Direction, Message, Report, Upload, UploadPiece
from app.public.tokens import Form, new_form_token
from app.sealing import KEY_ID_BYTES
from app.settings import Settings
from tests.conftest import INTAKE_KEY, free_port

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PATCH_TYPE = "application/offset+octet-stream"


def found(settings: Settings, token: str) -> Upload | None:
    """The upload of a token, as the database has it now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalar(select(Upload).where(Upload.token_digest == token_digest(settings, token)))


def content(upload: Upload) -> bytes:
    """The file as a worker would open it. Its pieces follow each other without a gap, and their chain is right."""
    pieces = db.session.scalars(
        select(UploadPiece).where(UploadPiece.upload_id == upload.id).order_by(UploadPiece.sequence)
    ).all()
    assert [piece.sequence for piece in pieces] == list(range(upload.pieces))
    opened, digest = b"", bytes(32)
    for piece in pieces:
        part = SealedBox(INTAKE_KEY).decrypt(piece.sealed[1 + KEY_ID_BYTES :])
        assert (piece.start, piece.size) == (len(opened), len(part))
        opened, digest = opened + part, chained(digest, part)
    assert digest == upload.chain_digest
    assert len(opened) == upload.received
    return opened


def stored() -> list[Upload]:
    """Every upload, in the order in which they were begun."""
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(Upload).order_by(Upload.created_at)))


def add_message() -> Message:
    """A report's first message, as a form would leave it."""
    with transaction() as session:
        report = Report(
            id=uuid.uuid4(),
            channel=Channel.WEB,
            channel_reference=os.urandom(32),
            receipt_hash=os.urandom(32),
            received_at=utcnow(),
        )
        message = Message(
            id=uuid.uuid4(), direction=Direction.INBOUND, state=DeliveryState.RECEIVED, channel=Channel.WEB
        )
        report.messages.append(message)
        session.add(report)
    return message


@dataclass
class Sender:
    """A tus client that does exactly what it is told."""

    client: FlaskClient
    form_token: str
    headers: dict[str, str] = field(default_factory=lambda: {"Tus-Resumable": "1.0.0"})

    def create(self, size: int, **headers: str) -> TestResponse:
        """Begin a file of so many bytes."""
        said = {**self.headers, "Seere-Form": self.form_token, "Upload-Length": str(size), **headers}
        return self.client.post("/files", headers=said)

    def begin(self, size: int) -> str:
        """Begin a file; its token."""
        answer = self.create(size)
        assert answer.status_code == 201
        return answer.headers["Location"].rsplit("/", 1)[1]

    def patch(self, token: str, offset: int, part: bytes, **headers: str) -> TestResponse:
        """Send bytes from an offset on."""
        said = {**self.headers, "Upload-Offset": str(offset), "Content-Type": PATCH_TYPE, **headers}
        return self.client.patch(f"/files/{token}", data=part, headers=said)

    def head(self, token: str) -> TestResponse:
        """Ask how far it is."""
        return self.client.head(f"/files/{token}", headers=self.headers)

    def delete(self, token: str) -> TestResponse:
        """Throw it away."""
        return self.client.delete(f"/files/{token}", headers=self.headers)


@pytest.fixture
def form_token(app: Flask) -> str:
    """A token as the first page has it."""
    with app.app_context():
        return new_form_token(Form.REPORT)


@pytest.fixture
def sender(client: FlaskClient, form_token: str) -> Sender:
    """Somebody with a page of ours open."""
    return Sender(client, form_token)


@pytest.fixture
def server(app: Flask) -> Iterator[str]:
    """The application on loopback, a thread a request: its address."""
    serving = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=serving.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{serving.port}"
    serving.shutdown()
    thread.join(10)
    serving.server_close()


@pytest.fixture
def gunicorn(settings: Settings, tmp_path: Path) -> Iterator[Callable[[], tuple[str, int]]]:
    """Starts `seere web` with one process for this installation; its address and its master's process number."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> tuple[str, int]:
        port = free_port()
        command = [str(Path(sys.executable).with_name("seere")), "web", f"--bind=127.0.0.1:{port}"]
        process = subprocess.Popen(
            [*command, "--processes=1"], env=environment_of(settings), stdout=subprocess.DEVNULL
        )
        started.append(process)
        address = f"http://127.0.0.1:{port}"
        _wait_until_up(address)
        return address, process.pid

    yield start
    for process in started:
        process.terminate()
        process.wait(30)


def environment_of(settings: Settings) -> dict[str, str]:
    """These settings for a process of its own."""
    keys = {
        "SECRET_KEY": settings.secret_key,
        "LOOKUP_KEY": settings.lookup_key,
        "INTAKE_PUBLIC_KEY": settings.intake_public_key,
    }
    return {
        **os.environ,
        "SEERE_VAR": str(settings.var),
        "SEERE_DATABASE_URL": settings.database_url,
        "SEERE_REDIS_URL": settings.redis_url,
        **{f"SEERE_{name}": base64.b64encode(value).decode() for name, value in keys.items()},
    }


def _wait_until_up(address: str) -> None:
    for _ in range(300):
        try:
            if requests.get(f"{address}/healthz", timeout=5).ok:
                return
        except (requests.ConnectionError, requests.Timeout):
            time.sleep(0.2)
    raise AssertionError("the web server did not start")
