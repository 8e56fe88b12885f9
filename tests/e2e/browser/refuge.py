"""The harmless page behind "Leave this page": a server of our own, that remembers what it learns of who comes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = b'<!doctype html><html lang="fr"><link rel="icon" href="data:,"><title>M\xc3\xa9t\xc3\xa9o</title>'


@dataclass
class Refuge:
    """Its address, and the headers of every visit."""

    address: str
    visits: list[Message] = field(default_factory=list)


@contextmanager
def open_refuge() -> Iterator[Refuge]:
    """Serve it on loopback."""
    visits: list[Message] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            visits.append(self.headers)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(PAGE)))
            self.end_headers()
            self.wfile.write(PAGE)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Refuge(f"http://127.0.0.1:{server.server_port}/meteo", visits)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
