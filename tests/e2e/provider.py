"""The outside world: a stand-in for Twilio's API that checks what it is sent."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from tests.e2e.running import ACCOUNT, TOKEN


class Provider(ThreadingHTTPServer):
    """Keeps the messages it accepted."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.sent: list[dict[str, str]] = []
        self.refused: list[str] = []
        self.failure: tuple[int, int] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """Twilio's Messages resource, as its documentation describes it."""

    server: Provider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
        expected = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if self.path != f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json":
            return self._answer(404, {"code": 20404, "message": "not found", "status": 404})
        if self.headers["Authorization"] != expected:
            self.server.refused.append("credentials")
            return self._answer(401, {"code": 20003, "message": "Authenticate", "status": 401})
        if set(form) != {"To", "From", "Body"} or not form["To"].startswith("+"):
            self.server.refused.append("form")
            return self._answer(400, {"code": 21211, "message": "invalid", "status": 400})
        if self.server.failure:
            status, code = self.server.failure
            return self._answer(status, {"code": code, "message": "refused", "status": status})
        self.server.sent.append(form)
        return self._answer(201, {"sid": f"SM{len(self.server.sent):032x}", "status": "queued", **form})

    def _answer(self, status: int, content: dict[str, object]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@contextmanager
def provider() -> Iterator[Provider]:
    """A stand-in on loopback for the time of a test."""
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
