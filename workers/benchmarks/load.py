"""Eight clients that send prepared requests over HTTP, each on one connection, and how long every answer took."""

from __future__ import annotations

import http.client
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from workers.benchmarks.installation import EMPTY_PATH

CLIENTS = 8
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Prepared:
    """One prepared request: nothing is computed while the clock runs."""

    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "POST"


def empty() -> Prepared:
    """A request to the empty route of the same server."""
    return Prepared(EMPTY_PATH + "/", b"a=1", FORM)


def send_all(address: str, prepared: Sequence[Prepared]) -> tuple[float, list[float]]:
    """Send everything; requests a second and each one's seconds. Raises RuntimeError on any refusal."""
    shares = [prepared[start::CLIENTS] for start in range(CLIENTS)]
    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        durations = [took for by_one in pool.map(_client(address), shares) for took in by_one]
    return len(prepared) / (time.perf_counter() - started), durations


def _client(address: str) -> Callable[[Sequence[Prepared]], list[float]]:
    def send(share: Sequence[Prepared]) -> list[float]:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        durations = [_send(connection, request) for request in share]
        connection.close()
        return durations

    return send


def _send(connection: http.client.HTTPConnection, request: Prepared) -> float:
    started = time.perf_counter()
    connection.request(request.method, request.path, request.body, request.headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != http.client.OK:
        raise RuntimeError(f"answered {answer.status}")
    return time.perf_counter() - started


def percentiles(seconds: Sequence[float], prefix: str = "") -> dict[str, float]:
    """p50, p95 and p99 in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100)
    return {f"{prefix}p{at}_ms": round(cuts[at - 1] * 1000, 1) for at in (50, 95, 99)}
