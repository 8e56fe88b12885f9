"""The storm in its short form; `make storm` runs it whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.storm.storm import storm
from tests.storm.weather import make_weather


def test_the_same_seed_gives_the_same_storm_with_all_that_it_needs() -> None:
    weather = make_weather(400, 40, seed=7)
    assert weather == make_weather(400, 40, seed=7)
    kinds = {sms.damage for sms in weather.rain}
    assert kinds == {"", "unsigned", "nobody", "garbage"}
    assert any(sms.part for sms in weather.rain)
    assert len({sms.provider_id for sms in weather.rain}) < len(weather.rain)


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_while_processes_die_and_providers_fail(tmp_path: Path) -> None:
    found = storm(tmp_path, messages=250, phones=50, strikes=4, valkey_strikes=1, pause=2.5, seed=20261122)
    assert found.replies.get("sent", 0) + found.replies.get("delivered", 0) > 25
