"""How many reports a second are accepted over HTTP, beside an empty Flask route in the same server."""

from __future__ import annotations

import http.client
import statistics
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from app.intake.gateways.twilio import sign
from workers.benchmarks.installation import EMPTY_PATH, Installation, installation, web_server

CLIENTS = 8
WARM_UP = 40
TEXT = "des hommes armés ont pris 20 boeufs à Koro hier, un berger est blessé, message {number}"


@dataclass(frozen=True, slots=True)
class Request:
    """One prepared POST: nothing is computed while the clock runs."""

    path: str
    body: bytes
    headers: dict[str, str]


def measure(count: int) -> dict[str, Any]:
    """Accept `count` signed messages with eight clients; requests a second, milliseconds."""
    with installation() as made, web_server(made):
        _run(made, [_signed(made, number) for number in range(WARM_UP)])
        empty_rate, empty = _run(made, [_empty() for _ in range(count)])
        rate, reports = _run(made, [_signed(made, number) for number in range(count)])
        return {
            "bench": "intake",
            "database": made.settings.database_url.split(":", 1)[0],
            "clients": CLIENTS,
            "count": count,
            "accepted_per_second": round(rate, 1),
            "empty_route_per_second": round(empty_rate, 1),
            "ratio": round(rate / empty_rate, 3),
            **_percentiles(reports, ""),
            **_percentiles(empty, "empty_"),
        }


def _signed(made: Installation, number: int) -> Request:
    path = "/webhooks/twilio/sms"
    form = {
        "MessageSid": f"SM{uuid.uuid4().hex}",
        "From": f"+223760{number:05d}"[:12],
        "To": "+22320700000",
        "Body": TEXT.format(number=number),
    }
    signature = sign(made.settings.twilio, made.settings.public_url + path, form)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
    return Request(path, urlencode(form).encode(), headers)


def _empty() -> Request:
    return Request(EMPTY_PATH + "/", b"a=1", {"Content-Type": "application/x-www-form-urlencoded"})


def _run(made: Installation, prepared: list[Request]) -> tuple[float, list[float]]:
    """All requests by eight clients that each keep one connection; the rate and each one's seconds."""
    shares = [prepared[start::CLIENTS] for start in range(CLIENTS)]
    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        durations = [took for took_by_one in pool.map(_client(made.address), shares) for took in took_by_one]
    return len(prepared) / (time.perf_counter() - started), durations


def _client(address: str) -> Callable[[list[Request]], list[float]]:
    def send_all(share: list[Request]) -> list[float]:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        durations = []
        for request in share:
            started = time.perf_counter()
            connection.request("POST", request.path, request.body, request.headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != http.client.OK:
                raise RuntimeError(f"answered {answer.status}")
            durations.append(time.perf_counter() - started)
        connection.close()
        return durations

    return send_all


def _percentiles(seconds: list[float], prefix: str) -> dict[str, float]:
    cuts = statistics.quantiles(seconds, n=100)
    return {f"{prefix}p{at}_ms": round(cuts[at - 1] * 1000, 1) for at in (50, 95, 99)}
