"""What the stand-ins for Android gateways share: a loopback server that checks, keeps, and fails when told to."""

from __future__ import annotations

import json
import random
import socket
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


class Fault(StrEnum):
    """What can go wrong with one call to send."""

    DECLINED = "declined"  # 503 with a time to come back: not taken
    BROKEN = "broken"  # taken, and answered with a 500
    LOST = "lost"  # taken, and the connection cut before the answer
    DROPPED = "dropped"  # read, not taken, and the connection cut


@dataclass(frozen=True)
class Call:
    """One request, as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @cached_property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """One answer: JSON, or the very bytes."""

    status: int
    content: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def body(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else json.dumps(self.content).encode()


class PhoneStandIn(ThreadingHTTPServer):
    """Listens on a free loopback port while it is entered.

    `share` of the calls to send fail, chosen by `seed`; `faults` are those of the next calls. `accepted` is what a
    phone would have sent, in order; `refused` the statuses of what was declined. `answer_after_seconds` makes every
    answer late; `reply` takes the place of every answer.
    """

    daemon_threads = True

    def __init__(self, *, share: float = 0, seed: int = 0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.share = share
        self.faults: deque[Fault] = deque()
        self.accepted: list[dict[str, Any]] = []
        self.refused: list[int] = []
        self.happened: list[Fault] = []
        self.answer_after_seconds = 0.0
        self.reply: Reply | None = None
        self.closing = threading.Event()
        self._chance = random.Random(seed)
        self.lock = threading.Lock()

    @property
    def address(self) -> str:
        """Where it listens, without a path."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_arguments: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Listen no more, as a phone that is off. May be called twice."""
        self.closing.set()
        self.shutdown()
        self.server_close()
        self._thread.join(5)

    def answer(self, call: Call) -> Reply | None:
        """The answer to one call; None cuts the connection."""
        self.closing.wait(self.answer_after_seconds)
        if self.reply is not None:
            return self.reply
        if (refusal := self.refusal(call)) is not None:
            self.refused.append(refusal.status)
            return refusal
        return self._sending(call) if call.method == "POST" else self.listing(call)

    def _sending(self, call: Call) -> Reply | None:
        fault = self._next_fault()
        if fault is Fault.DECLINED:
            return Reply(503, {"message": "come back"}, {"Retry-After": "7"})
        if fault is Fault.DROPPED:
            return None
        with self.lock:
            reply = self.take(call)
        if fault is Fault.LOST:
            return None
        return Reply(500, {"message": "broken"}) if fault is Fault.BROKEN else reply

    def _next_fault(self) -> Fault | None:
        with self.lock:
            is_failing = self._chance.random() < self.share
            chosen = self._chance.choice(list(Fault)) if is_failing else None
            fault = self.faults.popleft() if self.faults else chosen
            self.happened += [fault] if fault else []
            return fault

    def refusal(self, call: Call) -> Reply | None:
        """What is answered to a call that can't be served: wrong credentials, path or body."""
        raise NotImplementedError

    def take(self, call: Call) -> Reply:
        """Keep a message to be sent."""
        raise NotImplementedError

    def listing(self, call: Call) -> Reply:
        """Answer a question."""
        raise NotImplementedError

    def handle_error(self, *_arguments: object) -> None:
        """A caller that went away is not an error."""


class _Handler(BaseHTTPRequestHandler):
    server: PhoneStandIn

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def _serve(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
        reply = self.server.answer(call)
        if reply is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._answer(reply)

    def _answer(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in {"Content-Type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, *_arguments: object) -> None:
        """Nothing on the terminal."""
