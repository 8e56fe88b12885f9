"""How many reports a second come in through the whole form, page by page, beside an empty route in the same server."""

from __future__ import annotations

import html
import http.client
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from workers.benchmarks.installation import installation, web_server
from workers.benchmarks.load import CLIENTS, FORM, empty, percentiles, send_all

WARM_UP = 2  # reports a client
MOST_PAGES = 40
TEXT = "des hommes armés ont pris 20 boeufs à Koro hier, un berger est blessé, message {number}"
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)"[^>]*? value="([^"]*)"')
_CODE = re.compile(r'class="code"')


def measure(count: int) -> dict[str, Any]:
    """Write `count` reports through every page with eight clients; reports and pages a second, milliseconds a page."""
    with installation() as made:
        # Each client is an address of its own, as in the world: the limits stay as they are.
        environment = {**made.environment, "SEERE_TRUSTED_PROXIES": "1"}
        with web_server(replace(made, environment=environment)):
            _write_all(made.address, CLIENTS * WARM_UP)
            empty_rate, empty_took = send_all(made.address, [empty() for _ in range(count * 10)])
            started = time.perf_counter()
            took = _write_all(made.address, count)
            seconds = time.perf_counter() - started
    return {
        "bench": "web",
        "database": made.settings.database_url.split(":", 1)[0],
        "clients": CLIENTS,
        "count": count,
        "pages_per_report": round(len(took) / count, 1),
        "reports_per_second": round(count / seconds, 1),
        "pages_per_second": round(len(took) / seconds, 1),
        "empty_route_per_second": round(empty_rate, 1),
        "ratio": round(len(took) / seconds / empty_rate, 3),
        **percentiles(took),
        **percentiles(empty_took, "empty_"),
    }


def _write_all(address: str, count: int) -> list[float]:
    """Every page's seconds."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        shares = pool.map(_client(address, count), range(CLIENTS))
        return [took for by_one in shares for took in by_one]


def _client(address: str, count: int) -> Callable[[int], list[float]]:
    def write(client: int) -> list[float]:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        durations: list[float] = []
        for number in range(client, count, CLIENTS):
            _write(connection, number, durations)
        connection.close()
        return durations

    return write


def _write(connection: http.client.HTTPConnection, number: int, durations: list[float]) -> None:
    """One report: the first page, then on and on until there is a code. Raises RuntimeError if none comes."""
    headers = {**FORM, "X-Forwarded-For": f"198.51.{number // 250 % 250}.{number % 250}"}
    page = _send(connection, "GET", "/", b"", headers, durations)
    fields = {**_hidden(page), "text": TEXT.format(number=number), "go": "on"}
    path = "/"
    for _ in range(MOST_PAGES):
        page = _send(connection, "POST", path, urlencode(fields).encode(), headers, durations)
        if _CODE.search(page):
            return
        fields, path = {**_hidden(page), "go": "on"}, "/next"
    raise RuntimeError("no code came")


def _hidden(page: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _HIDDEN.findall(page)}


def _send(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: bytes,
    headers: dict[str, str],
    durations: list[float],
) -> str:
    started = time.perf_counter()
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    page = answer.read().decode()
    if answer.status not in {http.client.OK, http.client.CREATED}:
        raise RuntimeError(f"answered {answer.status}")
    durations.append(time.perf_counter() - started)
    return page
