"""A stand-in for Twilio's API on loopback: checks what it is sent, keeps what it took, and fails when told to.

What it checks and answers is in Twilio's documentation: "Messages resource", "Accounts resource", "Media resource",
and for the codes the "Error and Warning Dictionary". Two calls with the same text are two messages, as there.
"""

from __future__ import annotations

import base64
import hmac
import json
import random
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

ACCOUNT = "AC" + "5e" * 16
TOKEN = "0c" * 16
LONGEST_TEXT = 1600
_ADDRESS = re.compile(r"(whatsapp:)?\+[1-9][0-9]{6,14}")
_SERVICE = re.compile(r"MG[0-9a-f]{32}")
_FIELDS = {"To", "From", "MessagingServiceSid", "Body", "StatusCallback", "ValidityPeriod"}


class Fault(StrEnum):
    """What can go wrong with one call."""

    DECLINED = "declined"  # 503 with Twilio's own code: not sent
    BUSY = "busy"  # 429: not sent
    LOST = "lost"  # accepted, and the connection cut before the answer
    DROPPED = "dropped"  # read, not accepted, and the connection cut


@dataclass(frozen=True, slots=True)
class Failure:
    """How every call is to fail."""

    status: int
    code: int | None = None
    retry_after: str | None = None


@dataclass(frozen=True, slots=True)
class File:
    """Something to fetch; `location` makes it a redirect, `is_cut` loses the second half."""

    content: bytes = b""
    content_type: str = "image/jpeg"
    location: str = ""
    encoding: str = ""
    is_cut: bool = False
    seconds_a_byte: float = 0


@dataclass
class Behaviour:
    """What the stand-in is told. `share` of the calls fail, chosen by `seed`: with the same seed the same ones."""

    failure: Failure | None = None
    fault: Fault | None = None
    answer_after_seconds: float = 0
    answer: dict[str, Any] | None = None  # instead of the fields of a created message
    share: float = 0
    account_status: str = "active"
    files: dict[str, File] = field(default_factory=dict)


class TwilioStandIn(ThreadingHTTPServer):
    """Listens on a free port. `accepted` are the forms it took, `refused` the codes of what it didn't."""

    daemon_threads = True

    def __init__(
        self, account: str = ACCOUNT, token: str = TOKEN, *, share: float = 0, seed: int = 0
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.account, self.token = account, token
        self.behaviour = Behaviour(share=share)
        self.accepted: list[dict[str, str]] = []
        self.refused: list[int] = []
        self.faults: list[Fault] = []
        self.fetched: list[tuple[str, bool]] = []  # path, and whether with the credentials
        self.closing = threading.Event()
        self._chance = random.Random(seed)
        self._lock = threading.Lock()

    @property
    def address(self) -> str:
        """The base address to configure as `api_base`."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def values(self, number: str = "+22360000000") -> dict[str, str]:
        """A gateway's configuration that leads here."""
        return {
            "account_sid": self.account,
            "auth_token": self.token,
            "number": number,
            "api_base": self.address,
        }

    def accept(self, form: dict[str, str]) -> str:
        """Keep a message, and give its id."""
        with self._lock:
            self.accepted.append(form)
            return f"SM{len(self.accepted):032x}"

    def next_fault(self) -> Fault | None:
        """What goes wrong with this call, if anything."""
        with self._lock:
            is_failing = self._chance.random() < self.behaviour.share
            chosen = self._chance.choice(list(Fault)) if is_failing else self.behaviour.fault
            self.faults += [chosen] if chosen else []
            return chosen

    def handle_error(self, *_arguments: object) -> None:
        """A caller that went away is not an error."""


class _Handler(BaseHTTPRequestHandler):
    server: TwilioStandIn

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if problem := self._problem("POST", f"/2010-04-01/Accounts/{self.server.account}/Messages.json"):
            return self._refuse(*problem)
        form = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
        if code := _wrong(form):
            return self._refuse(400, code)
        self.server.closing.wait(self.server.behaviour.answer_after_seconds)
        if failure := self.server.behaviour.failure:
            return self._refuse(failure.status, failure.code, failure.retry_after)
        return self._take(form, self.server.next_fault())

    def _take(self, form: dict[str, str], fault: Fault | None) -> None:
        if fault is Fault.DECLINED:
            return self._refuse(503, 20503)
        if fault is Fault.BUSY:
            return self._refuse(429, 20429, "1")
        sid = "" if fault is Fault.DROPPED else self.server.accept(form)
        return self._cut() if fault else self._created(sid, form)

    def _created(self, sid: str, form: dict[str, str]) -> None:
        given = {"to": form["To"], "body": form["Body"], "from": form.get("From"), "error_code": None}
        message = {"sid": sid, "account_sid": self.server.account, "status": "queued", **given}
        told = self.server.behaviour.answer
        self._answer(201, message if told is None else told)

    def do_GET(self) -> None:
        if self.path in self.server.behaviour.files:
            return self._serve(self.server.behaviour.files[self.path])
        if problem := self._problem("GET", f"/2010-04-01/Accounts/{self.server.account}.json"):
            return self._refuse(*problem)
        status = self.server.behaviour.account_status
        return self._answer(200, {"sid": self.server.account, "status": status, "type": "Full"})

    def _serve(self, file: File) -> None:
        self.server.fetched.append((self.path, self._is_authentic()))
        self.send_response(307 if file.location else 200)
        for name, value in (("Location", file.location), ("Content-Encoding", file.encoding)):
            if value:
                self.send_header(name, value)
        if not file.is_cut and not file.seconds_a_byte:
            return self._end(file.content, file.content_type)
        self.send_header("Content-Length", str(len(file.content)))
        self.end_headers()
        if file.is_cut:
            self.wfile.write(file.content[: len(file.content) // 2])
            return self._cut()
        return self._trickle(file)

    def _trickle(self, file: File) -> None:
        for byte in file.content:
            self.wfile.write(bytes([byte]))
            if self.server.closing.wait(file.seconds_a_byte):
                break

    def _problem(self, method: str, path: str) -> tuple[int, int] | None:
        if not self._is_authentic():
            return 401, 20003
        return (404, 20404) if (self.command, self.path) != (method, path) else None

    def _is_authentic(self) -> bool:
        expected = base64.b64encode(f"{self.server.account}:{self.server.token}".encode()).decode()
        return hmac.compare_digest(self.headers.get("Authorization", ""), f"Basic {expected}")

    def _refuse(self, status: int, code: int | None = None, retry_after: str | None = None) -> None:
        self.server.refused.append(code or status)
        if code is None:  # as a proxy in between would
            return self._answer(status, None, retry_after)
        return self._answer(status, {"code": code, "message": "refused", "status": status}, retry_after)

    def _answer(self, status: int, content: dict[str, Any] | None, retry_after: str | None = None) -> None:
        self.send_response(status)
        if retry_after is not None:
            self.send_header("Retry-After", retry_after)
        self._end(b"<html></html>" if content is None else json.dumps(content).encode(), "application/json")

    def _end(self, body: bytes, content_type: str) -> None:
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


def _wrong(form: dict[str, str]) -> int | None:
    """The code of what is wrong with a message's form."""
    to, sender, service = (form.get(name, "") for name in ("To", "From", "MessagingServiceSid"))
    checks = (
        (set(form) <= _FIELDS, 20001),
        (_ADDRESS.fullmatch(to), 21211),
        (bool(sender) != bool(service), 21603),
        (_ADDRESS.fullmatch(sender) or _SERVICE.fullmatch(service), 21606),
        (service or to.startswith("whatsapp:") == sender.startswith("whatsapp:"), 63007),
        (form.get("Body"), 21602),
        (len(form.get("Body", "")) <= LONGEST_TEXT, 21617),
        (1 <= int(form.get("ValidityPeriod", "1")) <= 36_000, 21626),
        (form.get("StatusCallback", "https://").startswith(("https://", "http://")), 21609),
    )
    return next((code for is_right, code in checks if not is_right), None)


@contextmanager
def twilio_stand_in(
    account: str = ACCOUNT, token: str = TOKEN, *, share: float = 0, seed: int = 0
) -> Iterator[TwilioStandIn]:
    """A stand-in for the time of a test. A `share` of 0.1 lets one call in ten fail."""
    server = TwilioStandIn(account, token, share=share, seed=seed)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
