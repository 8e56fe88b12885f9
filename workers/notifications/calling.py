"""One call of a webhook, signed as Standard Webhooks says: short, to the address that was looked at, not redirected."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

import urllib3
from standardwebhooks.webhooks import Webhook
from urllib3.exceptions import HTTPError

from app.clock import utcnow
from app.notifications.addresses import AddressRefused, Destination, destination

TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Call:
    """What to tell, and where. Never shown: it holds the secrets."""

    message_id: uuid.UUID
    url: str
    kind: str
    happened_at: datetime
    referral_id: uuid.UUID | None
    secrets: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """How a call went: the status of the answer, or None and why there was none. Its body is never read."""

    status: int | None
    failure: str = ""

    @property
    def is_taken(self) -> bool:
        """Whether the endpoint said that it has it."""
        return self.status is not None and HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


def call(wanted: Call, *, allows_loopback: bool = False) -> Answer:
    """Make one call. Nothing is raised: whatever stands in the way is a code."""
    try:
        where = destination(wanted.url, allows_loopback=allows_loopback)
        status = _post(where, payload(wanted), wanted)
    except AddressRefused as refused:
        return Answer(None, refused.code)
    except HTTPError as error:
        return Answer(None, _code(error))
    is_taken = Answer(status).is_taken
    return Answer(status, "" if is_taken else f"http-{status}")


def payload(wanted: Call) -> str:
    """All that is told: what kind of thing waits, since when, and the opaque id of the organisation's referral."""
    about = {"referral": str(wanted.referral_id)} if wanted.referral_id else {}
    told = {
        "id": str(wanted.message_id),
        "type": wanted.kind,
        "timestamp": wanted.happened_at.isoformat(timespec="seconds"),
        "data": about,
    }
    return json.dumps(told, separators=(",", ":"))


def headers(wanted: Call, body: str, now: datetime) -> dict[str, str]:
    """The signature's headers; one signature for each secret that counts."""
    identifier = str(wanted.message_id)
    signatures = [Webhook(secret).sign(identifier, now, body) for secret in wanted.secrets]
    return {
        "content-type": "application/json",
        "user-agent": "webhook",
        "webhook-id": identifier,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _post(where: Destination, body: str, wanted: Call) -> int:
    """The answer's status. The connection goes to the address that was looked at, the certificate is the name's."""
    with _pool(where) as pool:
        answer = pool.urlopen(
            "POST",
            where.target,
            body=body.encode("utf-8"),
            headers={"host": _host(where), **headers(wanted, body, utcnow())},
            redirect=False,
            retries=False,
            preload_content=False,
        )
        answer.close()
        return int(answer.status)


def _pool(where: Destination) -> urllib3.HTTPConnectionPool:
    timeout = urllib3.Timeout(total=TIMEOUT_SECONDS)
    if where.scheme == "http":
        return urllib3.HTTPConnectionPool(where.ip, where.port, timeout=timeout)
    return urllib3.HTTPSConnectionPool(
        where.ip,
        where.port,
        timeout=timeout,
        server_hostname=where.host,
        assert_hostname=where.host,
        cert_reqs="CERT_REQUIRED",
    )


def _host(where: Destination) -> str:
    usual = 443 if where.scheme == "https" else 80
    host = f"[{where.host}]" if ":" in where.host else where.host
    return host if where.port == usual else f"{host}:{where.port}"


def _code(error: HTTPError) -> str:
    if isinstance(error, urllib3.exceptions.TimeoutError):
        return "timeout"
    return "tls" if isinstance(error, urllib3.exceptions.SSLError) else "unreachable"
