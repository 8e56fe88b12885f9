"""Guessing made slow without shutting the real person out.

Tries are counted for the address typed (or the account whose second factor is asked for), for where they come from,
and, apart from both, for a browser from which that person signed in before: whoever hammers an address from elsewhere
uses up nothing of its owner's. From a number of failures on, each next try has to wait, twice as long each time. In
Valkey is a keyed digest, a count and a moment, for as long as FORGOTTEN says. Where Valkey is away nobody signs in
anyway: sessions are there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import request

from app.accounts import devices, server_box
from app.current import current_settings
from app.queue import connection

FORGOTTEN = timedelta(hours=6)  # after the last try
LONGEST_WAIT_SECONDS = 900
_PREFIX = "seere:tries:"


@dataclass(frozen=True, slots=True)
class Counter:
    """Whose tries are counted together, and how many are free before waiting begins."""

    name: str
    free: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try. `wait_seconds` above 0: it isn't made at all."""

    counters: Sequence[Counter]
    wait_seconds: int = 0

    def succeeded(self) -> None:
        """The person proved who they are: their own counts begin anew; the place they come from gets one try back."""
        client = connection(current_settings().redis_url)
        for counter in self.counters:
            if counter.name.startswith("source:"):
                _give_back(counter)
            else:
                client.delete(_key(counter), _key(counter) + ":wait")


def attempt(who: str, *, email: str) -> Attempt:
    """Begin one try for `who` (an address or an account). It is counted before anything is compared, so that a
    thousand tries at once are not one. `email` is the address typed, by which the browser may be known."""
    counters = _counters(who, email)
    for counter in counters:
        if wait := _take(counter):
            return Attempt(counters, wait)
    return Attempt(counters)


def wait_after(failures: int, free: int) -> int:
    """Seconds to wait for the next try after so many."""
    beyond = failures - free
    return 0 if beyond <= 0 else min(2**beyond, LONGEST_WAIT_SECONDS)


def _counters(who: str, email: str) -> Sequence[Counter]:
    if devices.is_known(email):
        return [Counter(f"device:{devices.token()}:{who}", 10)]
    return [Counter(f"source:{request.remote_addr or ''}", 20), Counter(f"who:{who}", 5)]


def _take(counter: Counter) -> int:
    """Count one try; the seconds to wait if it can't be made now. The first to ask after a wait is the only one."""
    client, key = connection(current_settings().redis_url), _key(counter)
    with client.pipeline() as pipeline:
        pipeline.incr(key)
        pipeline.expire(key, FORGOTTEN)
        tries = int(pipeline.execute()[0])
    wait = wait_after(tries, counter.free)
    if wait == 0 or client.set(key + ":wait", b"1", nx=True, ex=wait):
        return 0
    _give_back(counter)  # it wasn't made, so it doesn't count
    return max(1, int(client.ttl(key + ":wait")))


def _give_back(counter: Counter) -> None:
    with connection(current_settings().redis_url).pipeline() as pipeline:
        pipeline.decr(_key(counter))
        pipeline.expire(_key(counter), FORGOTTEN)
        pipeline.execute()


def _key(counter: Counter) -> str:
    return _PREFIX + server_box.digest("tries", counter.name)[:12].hex()
