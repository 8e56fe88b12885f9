"""What the providers' stand-ins have in common: a server that fails when told to, and keeps what it took."""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from app.intake.gateways.protocol import InboundRequest

BASE = "https://seere.example/webhooks/gateway"
RECEIVED_AT = datetime(2026, 3, 4, 9, 30, 15, tzinfo=UTC)
_POLLING_SECONDS = 0.02  # what the thread may take to see a shutdown


class Fault(StrEnum):
    """What can go wrong with one send."""

    DECLINED = "declined"  # the provider says that it can't now: not sent
    DROPPED = "dropped"  # read, not accepted, and the connection cut
    LOST = "lost"  # accepted, and the connection cut before the answer


@dataclass(frozen=True, slots=True)
class Call:
    """A request to a provider."""

    method: str
    path: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case


@dataclass(frozen=True, slots=True)
class Reply:
    """What the stand-in says."""

    status: int
    body: str
    content_type: str = "text/plain"


def json_reply(status: int, content: object) -> Reply:
    """An answer in JSON."""
    return Reply(status, json.dumps(content), "application/json")


@dataclass(frozen=True, slots=True)
class Webhook:
    """A request of a provider's to us: `action` is what follows the gateway's slug in the address."""

    action: str
    method: str = "POST"
    query: str = ""
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_request(self, received_at: datetime = RECEIVED_AT) -> InboundRequest:
        """What the gateway's module is given."""
        url = f"{BASE}/{self.action}" + (f"?{self.query}" if self.query else "")
        query = dict(parse_qsl(self.query, keep_blank_values=True, errors="replace"))
        return InboundRequest(self.method, url, self.action, self.headers, query, self.body, received_at)


def form_post(action: str, form: Mapping[str, str]) -> Webhook:
    """A form posted to us."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return Webhook(action, body=urlencode(form).encode(), headers=headers)


class StandIn(ThreadingHTTPServer):
    """Listens on a free port. `accepted` are the parameters of what it took, `refused` why it didn't take others.

    `share` of the sends fail, chosen by `seed`: with the same seed the same ones. `fault` makes every send fail,
    `answer_after_seconds` every answer slow.
    """

    daemon_threads = True

    def __init__(self, *, share: float = 0, seed: int = 0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.accepted: list[dict[str, str]] = []
        self.refused: list[str] = []
        self.fault: Fault | None = None
        self.answer_after_seconds = 0.0
        self.share = share
        self._random = random.Random(seed)
        self._lock = threading.Lock()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def is_send(self, call: Call) -> bool:
        """Whether a call is one to send a message."""
        raise NotImplementedError

    def reply(self, call: Call) -> Reply:
        """Check a call, take it or refuse it, and answer as the provider does."""
        raise NotImplementedError

    def declined(self) -> Reply:
        """How the provider says that it can't send now."""
        raise NotImplementedError

    def refuse(self, why: str, reply: Reply) -> Reply:
        """Note a refusal, and answer."""
        self.refused.append(why)
        return reply

    def take(self, parameters: Mapping[str, str]) -> int:
        """Keep what was accepted; its number, from 1."""
        self.accepted.append(dict(parameters))
        return len(self.accepted)

    def handle_call(self, call: Call) -> Reply | None:
        """The answer, or None to cut the connection."""
        with self._lock:
            fault = self._next_fault() if self.is_send(call) else None
            if fault is Fault.DECLINED:
                return self.declined()
            reply = None if fault is Fault.DROPPED else self.reply(call)
            return None if fault is Fault.LOST else reply

    def _next_fault(self) -> Fault | None:
        if self.fault or self._random.random() >= self.share:
            return self.fault
        return self._random.choice(list(Fault))


class _Handler(BaseHTTPRequestHandler):
    server: StandIn

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def _handle(self) -> None:
        reply = self.server.handle_call(self._call())
        time.sleep(self.server.answer_after_seconds)
        if reply is None:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        body = reply.body.encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _call(self) -> Call:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        is_form = self.headers.get_content_type() == "application/x-www-form-urlencoded"
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True, errors="strict"))
        form = dict(parse_qsl(body, keep_blank_values=True, errors="strict")) if is_form else {}
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Call(self.command, parts.path, query, form, headers)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


def nobody() -> str:
    """An address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


Server = TypeVar("Server", bound=ThreadingHTTPServer)


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """The stand-in, for the time of a test."""
    thread = threading.Thread(target=server.serve_forever, args=(_POLLING_SECONDS,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
