"""An OpenID Connect service on loopback: it checks what it is sent as a real one does, and signs real tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT_ID = "seere-test"
SECRET = "a secret of the service"


@dataclass
class Provider:
    """The service. `changes` go into the next identity tokens; `problems` is what it didn't like."""

    issuer: str = ""
    email: str = "person@org.example"
    changes: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    signing_key: RSAKey | None = None

    def authorise(self, address: str) -> dict[str, str]:
        """The person agrees: what comes back to the client."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        wanted = {"response_type": "code", "client_id": CLIENT_ID, "code_challenge_method": "S256"}
        self.problems += [name for name, value in wanted.items() if self.asked.get(name) != value]
        self.problems += [name for name in ("nonce", "state", "code_challenge") if not self.asked.get(name)]
        if "openid" not in self.asked.get("scope", "").split():
            self.problems.append("scope")
        return {"code": "the-code", "state": self.asked["state"]}

    def exchange(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """The token for a code, if everything about the request is right."""
        basic = base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        is_right = (
            authorization == f"Basic {basic}"
            and form.get("code") == "the-code"
            and form.get("grant_type") == "authorization_code"
            and form.get("redirect_uri") == self.asked.get("redirect_uri")
            and challenge == self.asked.get("code_challenge")
        )
        if not is_right:
            self.problems.append("token request")
            return None
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.token()}

    def token(self) -> str:
        """An identity token, with the changes that a test wants."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "subject-1",
            "iat": now,
            "exp": now + 300,
            "nonce": self.asked.get("nonce", ""),
            "email": self.email,
            "email_verified": True,
            **self.changes,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signing_key or self.key)


@contextmanager
def serve() -> Iterator[Provider]:
    """A provider that runs."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

        def do_GET(self) -> None:
            if self.path == "/jwks":
                self._say(200, KeySet([provider.key]).as_dict(private=False))
                return
            own = provider.issuer
            about = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
            self._say(200, {"issuer": own, **{name: f"{own}/{path}" for name, path in about.items()}})

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            form = {name: values[0] for name, values in parse_qs(content).items()}
            answer = provider.exchange(form, self.headers.get("Authorization", ""))
            self._say(200 if answer else 400, answer or {"error": "invalid_grant"})

        def _say(self, status: int, content: object) -> None:
            written = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield provider
    server.shutdown()
    thread.join()
    server.server_close()
