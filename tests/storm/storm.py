"""One storm from its first drop to the count: `python -m tests.storm.storm` for the whole one, smaller in CI."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import requests

from tests.e2e.running import Running
from tests.storm import aftermath
from tests.storm.installation import Providers, configure, environment_of, providers_standing_in
from tests.storm.lightning import Lightning
from tests.storm.requests_of_gateways import receipts_of
from tests.storm.sending import rain
from tests.storm.weather import Weather, make_weather


def storm(
    folder: Path, *, messages: int, phones: int, strikes: int, valkey_strikes: int, pause: float, seed: int
) -> aftermath.Count:
    """Let it rain, with lightning; then wait, send the receipts, and count. Raises AssertionError."""
    weather = make_weather(messages, phones, seed)
    with providers_standing_in(seed) as stand_ins:
        running = Running(folder, environment_of(stand_ins), ["--workers", "2"])
        running.start()
        try:
            configure(running, stand_ins)
            lightning = Lightning(
                running, strikes=strikes, valkey_strikes=valkey_strikes, pause=pause, seed=seed
            )
            lightning.start()
            _let_it_rain(running, weather)
            lightning.join(pause * (strikes + valkey_strikes) * 2)
            lightning.end()
            aftermath.wait_until_calm(running, 60 + messages)
            _send_receipts(running, stand_ins)
            assert len(lightning.struck) == strikes + valkey_strikes, lightning.struck
            return aftermath.count(running, weather, stand_ins)
        finally:
            running.stop()


def _let_it_rain(running: Running, weather: Weather) -> None:
    """Everything, and then STOP from those who want no more; malformed ones are refused, all others acknowledged."""
    statuses = rain(weather.rain, running.address)
    damaged = sum(1 for sms in weather.rain if sms.damage)
    assert sum(statuses[status] for status in (400, 403)) == damaged
    rain(weather.last, running.address)


def _send_receipts(running: Running, stand_ins: Providers) -> None:
    """Each of them twice or in the wrong order; all are taken."""
    for slug, stand_in in stand_ins.by_slug.items():
        for position, accepted in enumerate(list(stand_in.accepted), 1):
            for post in receipts_of(slug, accepted, position, running.address):
                answer = requests.request(
                    post.method, post.url, data=post.body, headers=dict(post.headers), timeout=30
                )
                assert answer.ok, answer.status_code


def main() -> None:
    """The whole storm, as `make storm` runs it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=5000)
    parser.add_argument("--phones", type=int, default=500)
    parser.add_argument("--strikes", type=int, default=10)
    parser.add_argument("--valkey-strikes", type=int, default=2)
    parser.add_argument("--pause", type=float, default=8.0, help="Seconds between strikes.")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = vars(parser.parse_args())
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="seere-storm-") as folder:
        found = storm(Path(folder), **options)
    took = round(time.monotonic() - started)
    sys.stdout.write(
        json.dumps({"storm": options, "seconds": took, "texts": found.texts, "arrivals": found.arrivals,
                    "replies": found.replies, "accepted": found.accepted}) + "\n"
    )  # fmt: skip


if __name__ == "__main__":
    main()
