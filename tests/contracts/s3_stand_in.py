"""A store on loopback that takes what is signed as AWS says (Signature Version 4) and refuses all else."""

from __future__ import annotations

import hashlib
import hmac
import re
import ssl
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, urlsplit

from tests.contracts.loopback import running

ACCESS_KEY, SECRET_KEY, REGION, BUCKET = "AKIDEXAMPLE", "a secret of the store", "bamako-1", "partner-drop"
_AUTHORISATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, ?"
    r"SignedHeaders=([\w;-]+), ?Signature=([0-9a-f]{64})"
)
_LISTING = (
    '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><Name>partner-drop</Name><Prefix></Prefix>'
    "<KeyCount>0</KeyCount><MaxKeys>1</MaxKeys><IsTruncated>false</IsTruncated></ListBucketResult>"
)


class S3StandIn(ThreadingHTTPServer):
    """`objects` is what it took by path, `refused` why it refused, `unheard` how many broke off before they asked."""

    daemon_threads = True

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.scheme = "https" if context else "http"
        if context:  # hands are shaken by the thread that answers
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.objects: dict[str, bytes] = {}
        self.refused: list[str] = []
        self.unheard = 0

    def handle_error(self, *_arguments: object) -> None:
        """A client that didn't like the certificate; nothing is said of it."""
        self.unheard += 1

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: S3StandIn

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        problem = self._problem(body)
        if problem:
            self.server.refused.append(problem)
            self._answer(403, "<Error><Code>SignatureDoesNotMatch</Code></Error>")
            return
        self.server.objects[urlsplit(self.path).path] = body
        self._answer(200, "")

    def do_GET(self) -> None:
        problem = self._problem(b"")
        self._answer(
            403 if problem else 200, "<Error><Code>AccessDenied</Code></Error>" if problem else _LISTING
        )

    def _problem(self, body: bytes) -> str:
        found = _AUTHORISATION.fullmatch(self.headers.get("Authorization", ""))
        if found is None:
            return "unsigned"
        access_key, day, region, names, signature = found.groups()
        said = self.headers["x-amz-content-sha256"]
        if said != hashlib.sha256(body).hexdigest():
            return "body"
        if (access_key, region) != (ACCESS_KEY, REGION) or not {"host", "x-amz-date"} <= set(
            names.split(";")
        ):
            return "scope"
        expected = _signature(self._canonical(names, said), self.headers["x-amz-date"], day)
        return "" if hmac.compare_digest(expected, signature) else "signature"

    def _canonical(self, names: str, digest: str) -> str:
        parts = urlsplit(self.path)
        pairs = sorted(
            (quote(name, safe="-_.~"), quote(value, safe="-_.~"))
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
        )
        query = "&".join(f"{name}={value}" for name, value in pairs)
        headers = "".join(f"{name}:{' '.join(self.headers[name].split())}\n" for name in names.split(";"))
        return "\n".join([self.command, parts.path, query, headers, names, digest])

    def _answer(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"etag"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


def _signature(canonical: str, moment: str, day: str) -> str:
    scope = f"{day}/{REGION}/s3/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"AWS4{SECRET_KEY}".encode()
    for part in (day, REGION, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, "\n".join(["AWS4-HMAC-SHA256", moment, scope, digest]).encode(), "sha256").hex()


def storing(context: ssl.SSLContext | None = None) -> AbstractContextManager[S3StandIn]:
    """The store, for the time of a test; by TLS where a certificate is given."""
    return running(S3StandIn(context))
