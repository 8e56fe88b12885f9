"""The gateways' side of the storm: eight senders that repeat what wasn't acknowledged, as a patient provider does."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import requests

from tests.storm.requests_of_gateways import described, post_of
from tests.storm.weather import Sms

SENDERS = 8
PATIENCE_SECONDS = 120
_REFUSED = frozenset({400, 403})


def rain(shower: tuple[Sms, ...], address: str) -> Counter[int]:
    """Send everything; how often each final status was given. Valid ones end with 2xx, malformed ones with 4xx."""
    shares = [shower[start::SENDERS] for start in range(SENDERS)]
    with ThreadPoolExecutor(SENDERS) as pool:
        statuses: Counter[int] = Counter()
        for counted in pool.map(lambda share: _send_all(share, address), shares):
            statuses += counted
    return statuses


def _send_all(share: tuple[Sms, ...], address: str) -> Counter[int]:
    statuses: Counter[int] = Counter()
    with requests.Session() as session:
        session.trust_env = False
        for sms in share:
            statuses[_until_answered(session, sms, address)] += 1
    return statuses


def _until_answered(session: requests.Session, sms: Sms, address: str) -> int:
    """Again and again until the installation has taken or refused it; every attempt is signed anew."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        post = post_of(sms, address)
        try:
            status = session.request(
                post.method, post.url, data=post.body, headers=dict(post.headers), timeout=30
            ).status_code
        except requests.RequestException:
            status = 0
        if (status in _REFUSED) if sms.damage else (200 <= status < 300):
            return status
        assert time.monotonic() < deadline, f"{described(post)} was answered with {status}"
        assert status == 0 or status >= 500, f"{described(post)} was answered with {status}"
        time.sleep(0.2)
