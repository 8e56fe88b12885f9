"""A mail server on loopback that keeps what it takes, and a receiver of webhooks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.database import transaction
from app.models import NoticePreference, Notification, Rhythm, User
from tests.conftest import free_port
from workers.processing import Keys

SENDER = "desk@example.org"


@dataclass
class Mailbox:
    """What the server took; `answers` are said instead of taking, in turn."""

    taken: list[Envelope] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    port: int = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        self.taken.append(envelope)
        return "250 taken"

    def last(self) -> bytes:
        """The last mail as it came over the wire."""
        content = self.taken[-1].content
        return content if isinstance(content, bytes) else (content or "").encode()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A real SMTP server of this test."""
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    box.port = controller.port
    yield box
    controller.stop()


@pytest.fixture
def mailing(keys: Keys, mailbox: Mailbox) -> Keys:
    """Keys of a worker that can send mail."""
    url = f"smtp://127.0.0.1:{mailbox.port}"
    return replace(
        keys,
        settings=replace(keys.settings, mail_sender=SENDER, public_url="https://desk.example"),
        workers=replace(keys.workers, smtp_url=url),
    )


@pytest.fixture
def wants(app: Any) -> Callable[..., None]:
    """`wants(user, email_rhythm=…)`: how a person wants to be told; by mail at once unless it says otherwise."""

    def keep(user: User, **columns: Any) -> None:
        values = {"email_rhythm": Rhythm.AT_ONCE, "sms_rhythm": Rhythm.NEVER, **columns}
        with transaction() as session:
            session.merge(NoticePreference(user_id=user.id, **values))

    return keep


def age(by: timedelta) -> None:
    """Let everything that waits have waited for longer."""
    with transaction() as session:
        for each in session.query(Notification):
            each.created_at -= by


@dataclass
class Received:
    """One call as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """An endpoint; `statuses` are answered in turn, then 204."""

    url: str = ""
    calls: list[Received] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A real HTTP server of this test."""
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            kept.calls.append(
                Received(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            )
            self.send_response(kept.statuses.pop(0) if kept.statuses else 204)
            for name, value in kept.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    kept.url = f"http://127.0.0.1:{server.server_port}/in"
    yield kept
    server.shutdown()
    server.server_close()
    thread.join()
